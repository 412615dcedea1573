import { ActionIcon, Button, Menu, Progress, Tooltip } from '@mantine/core';
import { IconDownload, IconListCheck, IconMailOff, IconPencil, IconTag, IconTrash, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { ContactQuery } from '#renderer/data/data-api.ts';
import { fieldLabel } from '#renderer/parts/field-store.ts';
import { useLists, useRuleWriter } from '#renderer/parts/list-names.ts';
import { TagPicker } from '#renderer/parts/tag-picker.tsx';
import { useOnline } from '#renderer/parts/use-online.ts';
import { type BulkAction, MAX_OFFLINE } from '#shared/contact/bulk.schema.ts';
import classes from './bulk.module.css';
import { FieldForm } from './bulk-field-form.tsx';
import { SubscriptionForm } from './bulk-subscription-form.tsx';
import { editHere, runBulk } from './run-bulk.ts';
import { type Selection, targetOf } from './selection.ts';
import type { Choice } from './use-choice.ts';
import type { Columns } from './use-column-layout.ts';
import { useCsvExport } from './use-csv-export.ts';

export type BulkBarProps = {
  selection: Selection;
  choice: Choice;
  count: number;
  total: number;
  query: ContactQuery;
  columns: Columns;
};

/** What can be done with the rows that are chosen. Only while there are any. */
export function BulkBar({ selection, choice, count, total, query, columns }: BulkBarProps) {
  const format = useRuleWriter();
  const online = useOnline();
  const [form, setForm] = useState<'field' | 'subscription' | null>(null);
  const [busy, setBusy] = useState(false);
  const csv = useCsvExport({ query, selection, columns });
  if (count === 0) return null;
  const people = format.counted(count, 'contact');
  const needsServer = online ? null : 'Needs the server';
  const few = !selection.everybody && count <= MAX_OFFLINE;
  const names = { list: format.list, field: fieldLabel };

  const run = async (action: BulkAction) => {
    setForm(null);
    setBusy(true);
    const done =
      !online && action.type === 'field'
        ? await editHere({ ids: [...selection.ids], field: action.field, to: action.to, format })
        : await runBulk({ target: targetOf(selection, query), action, names, format });
    setBusy(false);
    if (done) choice.all(false);
  };

  return (
    <div className={classes.bar} role="toolbar" aria-label="Chosen contacts" data-bulk>
      <strong className={classes.count} aria-live="polite">
        {format.count(count)} chosen
      </strong>
      {selection.everybody || count >= total ? null : (
        <Button size="compact-sm" variant="subtle" onClick={() => choice.all(true)}>
          Choose all {format.count(total)}
        </Button>
      )}
      <span className={classes.gap} />
      <BarButton
        icon={<IconPencil size={16} stroke={1.5} />}
        disabled={busy}
        reason={online || few ? null : `Without the server, at most ${MAX_OFFLINE} contacts chosen one by one`}
        onClick={() => setForm('field')}
      >
        Set a field
      </BarButton>
      <ListMenu disabled={busy} reason={needsServer} run={run} />
      <TagMenu disabled={busy} reason={needsServer} run={run} />
      <BarButton
        icon={<IconMailOff size={16} stroke={1.5} />}
        disabled={busy}
        reason={needsServer}
        onClick={() => setForm('subscription')}
      >
        Subscription
      </BarButton>
      {csv.progress === null ? (
        <BarButton icon={<IconDownload size={16} stroke={1.5} />} disabled={busy} reason={null} onClick={csv.start}>
          Export CSV
        </BarButton>
      ) : (
        <span className={classes.exporting} role="status" aria-label="Writing the file">
          <Progress value={csv.progress * 100} w={80} size="sm" aria-label="Written" />
          <Button size="compact-sm" variant="default" onClick={csv.cancel}>
            Cancel export
          </Button>
        </span>
      )}
      <BarButton
        icon={<IconTrash size={16} stroke={1.5} />}
        disabled={busy}
        reason={needsServer}
        onClick={() => void run({ type: 'delete' })}
      >
        Delete
      </BarButton>
      <ActionIcon aria-label="Choose nobody" onClick={() => choice.all(false)}>
        <IconX size={16} stroke={1.5} />
      </ActionIcon>
      {form === 'field' ? (
        <FieldForm
          people={people}
          onClose={() => setForm(null)}
          onSet={(field, to) => void run({ type: 'field', field, to })}
        />
      ) : null}
      {form === 'subscription' ? (
        <SubscriptionForm people={people} onClose={() => setForm(null)} onSet={(action) => void run(action)} />
      ) : null}
    </div>
  );
}

type ButtonProps = {
  icon: ReactNode;
  disabled: boolean;
  /** Why it cannot be done now. */
  reason: string | null;
  onClick?: () => void;
  children: ReactNode;
};

function BarButton({ icon, disabled, reason, onClick, children }: ButtonProps) {
  return (
    <Tooltip label={reason} disabled={reason === null}>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={icon}
        disabled={disabled}
        data-disabled={reason !== null || undefined}
        aria-disabled={reason !== null}
        onClick={(event) => {
          if (reason === null) onClick?.();
          else event.preventDefault();
        }}
      >
        {children}
      </Button>
    </Tooltip>
  );
}

type MenuProps = { disabled: boolean; reason: string | null; run: (action: BulkAction) => Promise<void> };

function ListMenu({ disabled, reason, run }: MenuProps) {
  const lists = (useLists() ?? []).filter(({ kind }) => kind === 'list');
  const set = (listId: string, member: boolean) => void run({ type: 'list', listId, member });
  return (
    <Menu position="top" width={260} disabled={disabled || reason !== null}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconListCheck size={16} stroke={1.5} />}
          data-disabled={disabled || reason !== null || undefined}
          aria-disabled={disabled || reason !== null}
          title={reason ?? undefined}
        >
          Lists
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} className={classes.menu}>
        {lists.length === 0 ? <Menu.Label>No lists yet: make one under Lists</Menu.Label> : null}
        {lists.length === 0 ? null : <Menu.Label>Add to</Menu.Label>}
        {lists.map(({ id, name }) => (
          <Menu.Item key={`add ${id}`} onClick={() => set(id, true)}>
            {name}
          </Menu.Item>
        ))}
        {lists.length === 0 ? null : <Menu.Label>Take out of</Menu.Label>}
        {lists.map(({ id, name }) => (
          <Menu.Item key={`remove ${id}`} aria-label={`Take out of ${name}`} onClick={() => set(id, false)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function TagMenu({ disabled, reason, run }: MenuProps) {
  return (
    <TagPicker
      disabled={disabled || reason !== null}
      button={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconTag size={16} stroke={1.5} />}
          data-disabled={disabled || reason !== null || undefined}
          aria-disabled={disabled || reason !== null}
          title={reason ?? undefined}
        >
          Tags
        </Button>
      }
      onAdd={(tag) => void run({ type: 'tag', tag, add: true })}
      onRemove={(tag) => void run({ type: 'tag', tag, add: false })}
    />
  );
}
