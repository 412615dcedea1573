import { ActionIcon, Button, Checkbox, Menu, Modal, Popover, TextInput } from '@mantine/core';
import { IconDots, IconLayoutList, IconTrash, IconUsers } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { TagsInput } from '#renderer/parts/tags-input.tsx';
import { useCan } from '#renderer/parts/use-can.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import tabs from '#renderer/ui/tab-links.module.css';
import { clock } from '#renderer/ui/use-now.ts';
import type { View } from '#shared/contact/view.schema.ts';
import { useListState } from './list-state.ts';
import classes from './view-tabs.module.css';
import { asView, listAddress, narrowingOfView, type Shown, useOwnId, useViews, type ViewDoc } from './views.ts';

export type ViewTabsProps = {
  /** The view that is open; null: everybody, as this person looks at them. */
  open: ViewDoc | null;
  shown: Shown;
  /** The list shows something else than the open view says, or is narrowed without one. */
  changed: boolean;
  /** Forgets how columns were changed here. */
  resetColumns: () => void;
};

/** The views of the list as tabs, and what can be done with the open one. */
export function ViewTabs({ open, shown, changed, resetColumns }: ViewTabsProps) {
  const [, navigate] = useLocation();
  const views = useViews() ?? [];
  const mayEdit = useCan('edit');
  const reset = () => {
    useListState.getState().reset(narrowingOfView(open?.body ?? null));
    resetColumns();
    navigate(listAddress({ view: open?.id ?? null, segment: open?.body.segmentId ?? null }));
  };
  const save = async () => {
    if (!open) return;
    try {
      await data.saveDocument('view', open.id, { ...open.body, ...asView(shown) }, open.body);
      resetColumns();
    } catch (error) {
      notifyError('The view was not saved', error);
    }
  };
  if (views.length === 0 && !(changed && mayEdit)) return null;
  return (
    <div className={classes.bar}>
      <nav aria-label="Views" className={`${tabs.tabs} ${classes.tabs}`}>
        <Link
          href="/contacts"
          className={`${tabs.tab} ${classes.tab}`}
          aria-current={open === null ? 'page' : undefined}
        >
          Everybody
        </Link>
        {views.map(({ id, body }) => (
          <Link
            key={id}
            href={listAddress({ view: id, segment: body.segmentId })}
            className={`${tabs.tab} ${classes.tab}`}
            aria-current={open?.id === id ? 'page' : undefined}
            title={body.shared ? `${body.name} · shared with everybody` : body.name}
          >
            <span className={classes.name}>{body.name}</span>
            {body.shared ? <IconUsers size={13} stroke={1.5} aria-hidden /> : null}
            {open?.id === id && changed ? (
              <span className={classes.dot} role="img" aria-label="changed" title="Changed, not saved" />
            ) : null}
          </Link>
        ))}
      </nav>
      <span className={classes.gap} />
      {changed && open ? (
        <>
          {mayEdit ? (
            <Button size="compact-sm" variant="light" onClick={() => void save()}>
              Save
            </Button>
          ) : null}
          {mayEdit ? <SaveAs shown={shown} label="Save as new" resetColumns={resetColumns} /> : null}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={reset}>
            Reset
          </Button>
        </>
      ) : null}
      {changed && !open && mayEdit ? <SaveAs shown={shown} label="Save as view" resetColumns={resetColumns} /> : null}
      {open && mayEdit ? <ViewMenu key={open.id} view={open} /> : null}
    </div>
  );
}

function SaveAs({ shown, label, resetColumns }: { shown: Shown; label: string; resetColumns: () => void }) {
  const [, navigate] = useLocation();
  const owner = useOwnId();
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    try {
      const body: View = { name: name.trim(), ...asView(shown), shared, owner, createdAt: clock() };
      const id = await data.saveDocument('view', null, body);
      setOpened(false);
      setName('');
      resetColumns();
      useListState.getState().keptAs(id);
      navigate(listAddress({ view: id, segment: shown.segmentId }));
    } catch (error) {
      notifyError('The view was not saved', error);
    }
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={300} trapFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconLayoutList size={15} stroke={1.5} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <form onSubmit={(event) => void save(event)}>
          <TextInput
            data-autofocus
            label="Name of the view"
            placeholder="Best customers"
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Checkbox
            mt="sm"
            label="Everybody sees it"
            checked={shared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
          <Button type="submit" mt="sm" fullWidth disabled={name.trim() === ''}>
            Save view
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Name, who sees it, tags, deletion. */
function ViewMenu({ view }: { view: ViewDoc }) {
  const [, navigate] = useLocation();
  const me = useOwnId();
  const [naming, setNaming] = useState(false);
  const change = async (part: Partial<View>) => {
    try {
      await data.saveDocument('view', view.id, { ...view.body, ...part }, view.body);
    } catch (error) {
      notifyError('The view was not changed', error);
    }
  };
  const remove = async () => {
    const yes = await confirm({
      title: `Delete the view “${view.body.name}”?`,
      consequence: view.body.shared ? 'It goes for everybody. No contact changes.' : 'No contact changes.',
      action: 'Delete view',
      danger: true,
    });
    if (!yes) return;
    try {
      await data.removeDocument(view.id);
      navigate('/contacts');
    } catch (error) {
      notifyError('The view was not deleted', error);
    }
  };
  const own = view.body.owner === me;
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon size={26} aria-label={`More about the view ${view.body.name}`}>
            <IconDots size={16} stroke={1.5} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setNaming(true)}>Name and tags</Menu.Item>
          {own ? (
            <Menu.Item onClick={() => void change({ shared: !view.body.shared })}>
              {view.body.shared ? 'Keep it to myself' : 'Share with everybody'}
            </Menu.Item>
          ) : null}
          <Menu.Item leftSection={<IconTrash size={16} stroke={1.5} />} onClick={() => void remove()}>
            Delete view
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={naming} onClose={() => setNaming(false)} title="Name and tags" size={380}>
        <NameAndTags view={view} onChange={(part) => void change(part)} onClose={() => setNaming(false)} />
      </Modal>
    </>
  );
}

type NameProps = { view: ViewDoc; onChange: (part: Partial<View>) => void; onClose: () => void };

function NameAndTags({ view, onChange, onClose }: NameProps) {
  const [name, setName] = useState(view.body.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    if (name.trim() !== view.body.name) onChange({ name: name.trim() });
    onClose();
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        data-autofocus
        label="Name of the view"
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TagsInput mt="sm" tags={view.body.tags ?? []} onChange={(tags) => onChange({ tags })} />
      <Button type="submit" mt="sm" fullWidth disabled={name.trim() === ''}>
        Done
      </Button>
    </form>
  );
}
