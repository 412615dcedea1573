import { useMantineColorScheme } from '@mantine/core';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconFilter, IconMail, IconSearch, IconSend, IconUser } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useDebounced } from '#renderer/ui/use-debounced.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactName } from '#shared/contact/contact-name.ts';
import { allowedCommands, type Command, matches } from './commands.tsx';
import { pages } from './pages.ts';
import classes from './palette.module.css';
import { hasFeature } from './routes.tsx';

const FOUND = 6;

const [store, spotlight] = createSpotlight();

type Found = { id: string; label: string; hint?: string; icon: ReactNode; run: () => void };
type Group = { name: string; items: Found[] };

const documentKinds = [
  { kind: 'segment', name: 'Segments', path: '/segments', icon: IconFilter },
  { kind: 'message', name: 'Messages', path: '/messages', icon: IconMail },
  { kind: 'campaign', name: 'Campaigns', path: '/campaigns', icon: IconSend },
] as const;

const nameOf = (doc: Doc): string => (typeof doc.body.name === 'string' ? doc.body.name : '');

/** Finds anybody and anything by name, and runs commands; all of it on this device. */
export function Palette() {
  const [query, setQuery] = useState('');
  const [opened, setOpened] = useState(false);
  const moved = useRef(false);
  const search = (next: string) => {
    moved.current = false;
    setQuery(next);
  };
  const noteMove = ({ key }: KeyboardEvent) => {
    if (key === 'ArrowDown' || key === 'ArrowUp') moved.current = true;
  };
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={search}
      shortcut="mod + K"
      tagsToIgnore={[]}
      scrollable
      maxHeight={420}
      size={600}
      classNames={{ actionsGroup: classes.group, action: classes.action, actionSection: classes.section }}
      centered={false}
      yOffset="12vh"
      overlayProps={{ backgroundOpacity: 0.22, blur: 0 }}
      onSpotlightOpen={() => {
        moved.current = false;
        setOpened(true);
      }}
      onSpotlightClose={() => setOpened(false)}
      attributes={{ content: { 'aria-label': 'Search and commands' } }}
    >
      <Spotlight.Search
        placeholder="Find a contact, segment, message, campaign or command"
        aria-label="Search and commands"
        onKeyDown={noteMove}
        leftSection={<IconSearch size={18} stroke={1.5} aria-hidden />}
      />
      {opened ? <Results query={query.trim()} moved={moved} /> : null}
    </Spotlight.Root>
  );
}

/**
 * Keeps one result active whatever arrives: the first, until a person moves to another. The library only marks what is
 * there at the moment of typing, and results come later.
 */
function useActiveResult(shown: string, moved: RefObject<boolean>): void {
  useEffect(() => {
    if (shown === '') return;
    const list = document.getElementById(store.getState().listId);
    const active = list?.querySelector('[data-selected]') ?? null;
    if (list === null || (moved.current && active !== null)) return;
    active?.removeAttribute('data-selected');
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
    store.updateState((state) => ({ ...state, selected: 0 }));
  }, [shown, moved]);
}

/** `moved`: whether the person left the first result by key since the last letter. */
function Results({ query, moved }: { query: string; moved: RefObject<boolean> }) {
  const { groups, searching } = useGroups(query);
  useActiveResult(groups.flatMap(({ items }) => items.map(({ id }) => id)).join(' '), moved);
  return (
    <Spotlight.ActionsList>
      {groups.map(({ name, items }) => (
        <Spotlight.ActionsGroup key={name} label={name}>
          {items.map((item) => (
            <Spotlight.Action
              key={item.id}
              label={item.label}
              leftSection={item.icon}
              rightSection={item.hint ? <span className={classes.hint}>{item.hint}</span> : null}
              onClick={item.run}
            />
          ))}
        </Spotlight.ActionsGroup>
      ))}
      {groups.length === 0 ? (
        <Spotlight.Empty>{searching ? 'Searching…' : `Nothing is called “${query}”.`}</Spotlight.Empty>
      ) : null}
    </Spotlight.ActionsList>
  );
}

function useGroups(query: string): { groups: Group[]; searching: boolean } {
  const format = useFormat();
  const [, navigate] = useLocation();
  const { setColorScheme } = useMantineColorScheme();
  const asked = useDebounced(query, 50);
  const people = useLive(
    async (from) => {
      if (asked === '') return [];
      const page = await from.contactPage(
        { search: asked, rule: null, sort: { key: 'lastOrderAt', descending: true } },
        0,
        FOUND,
      );
      return page.rows;
    },
    [asked],
    ['columns'],
  );
  const docs = useLive(
    async (from) => Promise.all(documentKinds.map(({ kind }) => from.documents(kind))),
    [],
    ['documents'],
  );

  const groups: Group[] = [
    {
      name: 'Contacts',
      items: (query === '' ? [] : (people.value ?? [])).map((row) => ({
        id: `contact-${row.id}`,
        label: contactName(row),
        hint: row.orderCount > 0 ? format.counted(row.orderCount, 'order') : undefined,
        icon: <IconUser size={16} stroke={1.5} aria-hidden />,
        run: () => navigate(`/contacts/${row.id}`),
      })),
    },
    ...documentKinds.map(({ name, path, icon: Icon }, place) => ({
      name,
      items: (query === '' ? [] : (docs.value?.[place] ?? []))
        .filter((doc) => matches(nameOf(doc), query))
        .slice(0, FOUND)
        .map((doc) => ({
          id: doc.id,
          label: nameOf(doc),
          icon: <Icon size={16} stroke={1.5} aria-hidden />,
          run: () => navigate(`${path}/${doc.id}`),
        })),
    })),
    {
      name: 'Go to',
      items: pages
        .filter((page) => hasFeature(page.feature) && matches(page.label, query))
        .map((page) => ({
          id: `page-${page.path}`,
          label: page.label,
          hint: `G then ${page.key.toUpperCase()}`,
          icon: <page.icon size={16} stroke={1.5} aria-hidden />,
          run: () => navigate(page.path),
        })),
    },
    {
      name: 'Commands',
      items: allowedCommands()
        .filter((command: Command) => matches(`${command.label} ${command.words}`, query))
        .map(({ id, label, icon: Icon, hint, run }) => ({
          id,
          label,
          hint,
          icon: <Icon size={16} stroke={1.5} aria-hidden />,
          run: () => run({ navigate, format, setColorScheme, data }),
        })),
    },
  ];
  return { groups: groups.filter(({ items }) => items.length > 0), searching: people.loading || asked !== query };
}

/** Opens the palette from anywhere. */
export const openPalette = (): void => spotlight.open();
