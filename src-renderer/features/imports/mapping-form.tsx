import { Alert, Badge, Button, SegmentedControl, Select } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ImportKind, UploadInfo } from '#shared/api/import.schema.ts';
import classes from './imports.module.css';
import {
  assign,
  fieldLabel,
  fieldsOf,
  mappingForKind,
  mappingProblem,
  sampleValues,
  unusedColumns,
} from './mapping.ts';

/** How the file was understood: which column fills which field, with samples; everything can be changed. */
export function MappingForm({ info, onCancel }: { info: UploadInfo; onCancel: () => void }) {
  const format = useFormat();
  const [, navigate] = useLocation();
  const [kind, setKind] = useState<ImportKind>(info.kind);
  const [map, setMap] = useState(info.map);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const problem = mappingProblem(kind, map);
  const unused = unusedColumns(info, map);
  // What is needed or already found comes first; the rest waits below.
  const found = fieldsOf(kind).filter(
    ({ field, required }) => required || info.map[field] !== undefined || map[field] !== undefined,
  );
  const rest = fieldsOf(kind).filter((one) => !found.includes(one));
  const [showRest, setShowRest] = useState(false);
  const rows = showRest ? [...found, ...rest] : found;

  const start = async () => {
    setBusy(true);
    setError(null);
    try {
      const { id } = await data.actions.startImport({ uploadId: info.id, kind, map });
      navigate(`/imports/${id}`);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <Page
      header={
        <PageHeader
          title={info.fileName}
          parent={{ label: 'Import', href: '/imports' }}
          actions={
            <>
              <Button variant="default" onClick={onCancel}>
                Choose another file
              </Button>
              <Button disabled={problem !== null} loading={busy} onClick={() => void start()}>
                Import
              </Button>
            </>
          }
        >
          <SegmentedControl
            aria-label="What the file holds"
            data={[
              { value: 'orders', label: 'Orders' },
              { value: 'contacts', label: 'Contacts' },
            ]}
            value={kind}
            onChange={(next) => {
              const chosen: ImportKind = next === 'orders' ? 'orders' : 'contacts';
              setKind(chosen);
              setMap(mappingForKind(chosen, info, map));
            }}
          />
          <span className={classes.hint}>
            {kind === 'orders' ? 'One row per order line; rows of one order are put together.' : 'One row per contact.'}{' '}
            {format.counted(info.columns.length, 'column')}, {format.count(info.columns.length - unused.length)} used.
          </span>
        </PageHeader>
      }
    >
      {error === null ? null : (
        <div className={classes.problem}>
          <ErrorState inline title="The import did not start" error={error} />
        </div>
      )}
      {problem === null ? null : (
        <Alert
          className={classes.problem}
          color="yellow"
          icon={<IconAlertTriangle size={18} stroke={1.5} />}
          role="alert"
        >
          {problem}
        </Alert>
      )}
      <table className={classes.mapping} aria-label="Columns of the file">
        <colgroup>
          <col style={{ width: '26%' }} />
          <col style={{ width: '30%' }} />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Column of the file</th>
            <th scope="col">First values</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ field, required }) => {
            const label = fieldLabel(kind, field);
            const column = map[field];
            return (
              <tr key={field}>
                <td>
                  {label}
                  {required ? (
                    <Badge ml={8} size="xs" color={column === undefined ? 'yellow' : 'gray'}>
                      needed
                    </Badge>
                  ) : null}
                </td>
                <td>
                  <Select
                    aria-label={`Column for ${label}`}
                    data={info.columns}
                    value={column ?? null}
                    searchable
                    clearable
                    placeholder="Not in the file"
                    nothingFoundMessage="No such column"
                    onChange={(next) => setMap(assign(map, field, next))}
                  />
                </td>
                <td className={classes.samples}>
                  {column === undefined ? '' : sampleValues(info, column, 4).join(' · ')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div className={classes.after}>
        {rest.length === 0 ? null : (
          <Button variant="subtle" color="gray" onClick={() => setShowRest(!showRest)}>
            {showRest ? 'Hide fields that are not in the file' : `Show ${format.counted(rest.length, 'more field')}`}
          </Button>
        )}
        {unused.length === 0 ? null : <p className={classes.hint}>Not imported: {unused.join(', ')}.</p>}
      </div>
    </Page>
  );
}
