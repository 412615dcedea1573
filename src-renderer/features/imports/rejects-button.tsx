import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { saveFile } from '#renderer/platform/save-file.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';

/** The lines that were left out with their reasons, as a file that can be corrected and imported again. */
export function RejectsButton({ id, fileName, count }: { id: string; fileName: string; count: number }) {
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const answer = await fetch(`/imports/${encodeURIComponent(id)}/rejects.csv`);
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      await saveFile(`${fileName.replace(/\.(csv(\.gz)?|tsv|txt|xlsx)$/i, '')}-rejects.csv`, await answer.blob());
    } catch (error) {
      notifyError('The rejected lines were not downloaded', error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      loading={busy}
      leftSection={<IconDownload size={16} stroke={1.5} aria-hidden />}
      onClick={() => void download()}
    >
      Download {format.counted(count, 'rejected line')}
    </Button>
  );
}
