import { Select } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { delimiterLabels, delimiters } from '#shared/import/delimiters.ts';
import { encodingLabels, fileEncodings } from '#shared/import/encodings.ts';
import { type FileFormat, fileFormat } from '#shared/import/file-format.schema.ts';
import classes from './imports.module.css';
import { SampleTable } from './sample-table.tsx';
import type { Draft } from './wizard-state.ts';

const header = [
  ...['First', 'Second', 'Third', 'Fourth', 'Fifth'].map((label, at) => ({ value: String(at), label: `${label} row` })),
  { value: 'none', label: 'No row: name them by place' },
];

/** How the file is read: guessed, correctable, with its first rows under it. */
export function FormatStep({ draft, onInfo }: { draft: Draft; onInfo: (info: Draft['info']) => void }) {
  const { info } = draft;
  const { format, sheets } = info;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isText = format.sheet === null;

  const change = async (given: Record<string, unknown>) => {
    const next: FileFormat = fileFormat.parse({ ...format, ...given });
    setBusy(true);
    setError(null);
    try {
      onInfo(await data.actions.describeUpload({ uploadId: info.id, format: next }));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const field = { allowDeselect: false, disabled: busy, checkIconPosition: 'right' } as const;

  return (
    <>
      <p className={classes.lead}>
        {isText ? 'This is how the file was understood.' : 'This is what the workbook holds.'} Correct what looks wrong
        below.
      </p>
      <div className={classes.fields}>
        {sheets.length > 1 ? (
          <Select
            {...field}
            label="Sheet"
            data={sheets}
            value={format.sheet}
            onChange={(sheet) => void change({ sheet })}
          />
        ) : null}
        {isText ? (
          <>
            <Select
              {...field}
              label="Encoding"
              data={fileEncodings.map((value) => ({ value, label: encodingLabels[value] }))}
              value={format.encoding}
              onChange={(encoding) => void change({ encoding })}
            />
            <Select
              {...field}
              label="Columns are separated by"
              data={delimiters.map((value) => ({ value, label: delimiterLabels[value] }))}
              value={format.delimiter}
              onChange={(delimiter) => void change({ delimiter })}
            />
            <Select
              {...field}
              label="Decimals are written with"
              data={[
                { value: 'comma', label: 'a comma: 12,50' },
                { value: 'point', label: 'a point: 12.50' },
              ]}
              value={format.decimal}
              onChange={(decimal) => void change({ decimal })}
            />
          </>
        ) : null}
        <Select
          {...field}
          label="Names of the columns"
          data={header}
          value={format.headerRow === null ? 'none' : String(format.headerRow)}
          onChange={(row) => void change({ headerRow: row === 'none' ? null : Number(row) })}
        />
        <Select
          {...field}
          label="Dates such as 1/2/2026"
          data={[
            { value: 'unknown', label: 'as the file shows' },
            { value: 'dmy', label: 'day first: 1 February' },
            { value: 'mdy', label: 'month first: January 2' },
          ]}
          value={format.dateOrder ?? 'unknown'}
          onChange={(order) => void change({ dateOrder: order === 'unknown' ? null : order })}
        />
      </div>
      {error === null ? null : (
        <div className={classes.problem}>
          <ErrorState inline title="The file was not read this way" error={error} />
        </div>
      )}
      <SampleTable label="First rows of the file" columns={info.columns} rows={info.sample} busy={busy} />
    </>
  );
}
