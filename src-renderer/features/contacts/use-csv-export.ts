import { useRef, useState } from 'react';
import type { ContactQuery } from '#renderer/data/data-api.ts';
import { saveFile } from '#renderer/platform/save-file.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { clock } from '#renderer/ui/use-now.ts';
import { type GridColumn, gridColumn } from './contact-columns.ts';
import { exportCsv } from './csv-export.ts';
import type { Selection } from './selection.ts';
import type { Columns } from './use-column-layout.ts';

type Asked = { query: ContactQuery; selection: Selection; columns: Columns };

/** Writes the chosen rows to a file; `progress` while it does. */
export function useCsvExport({ query, selection, columns }: Asked) {
  const format = useFormat();
  const [progress, setProgress] = useState<number | null>(null);
  const running = useRef<AbortController | null>(null);
  const start = async () => {
    const { order, hidden } = columns.layout;
    const shown = order
      .filter((id) => !hidden.includes(id))
      .flatMap((id): GridColumn[] => {
        const column = gridColumn(id);
        return column ? [column] : [];
      })
      // The number of the contact comes first anyway.
      .filter(({ id }) => id !== 'id');
    const controller = new AbortController();
    running.current = controller;
    setProgress(0);
    try {
      const { signal } = controller;
      const made = await exportCsv({ query, selection, columns: shown, signal, onProgress: setProgress });
      if (made) {
        await saveFile(`contacts-${new Date(clock()).toISOString().slice(0, 10)}.csv`, made.file);
        notifyDone(`${format.counted(made.rows, 'contact')} written to the file.`);
      }
    } catch (error) {
      notifyError('The file was not written', error);
    }
    setProgress(null);
  };
  return { progress, start: () => void start(), cancel: () => running.current?.abort() };
}
