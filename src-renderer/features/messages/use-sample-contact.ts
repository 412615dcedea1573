import { useCallback, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { ContactQuery, ContactRow } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useDebounced } from '#renderer/ui/use-debounced.ts';

const everybody = (search: string): ContactQuery => ({ search, rule: null, sort: { key: 'id', descending: false } });

export type SampleContact = {
  contact: ContactRow | null;
  /** Place among everybody, from 0. */
  offset: number;
  total: number;
  search: string;
  setSearch: (search: string) => void;
  /** What the search finds; the first few. */
  found: ContactRow[];
  choose: (id: number) => void;
  step: (by: 1 | -1) => void;
};

/** A real contact to check a message against: found by search, or stepped through in the order they came. */
export function useSampleContact(): SampleContact {
  const [offset, setOffset] = useState(0);
  /** A contact picked by search; stepping leaves it. */
  const [picked, setPicked] = useState<number | null>(null);
  const [search, setSearch] = useState('');
  const settled = useDebounced(search, 120);

  const page = useLive(() => data.contactPage(everybody(''), offset, 1), [offset], ['columns']);
  const card = useLive(
    () => (picked === null ? Promise.resolve(null) : data.contactCard(picked)),
    [picked],
    ['columns'],
  );
  const total = page.value?.total ?? 0;
  const contact = (picked === null ? null : card.value?.row) ?? page.value?.rows[0] ?? null;
  // The field shows the chosen contact's name until somebody types: that is no search.
  const wanted = contact && settled === contactName(contact) ? '' : settled;
  const matches = useLive(() => data.contactPage(everybody(wanted), 0, 8), [wanted], ['columns']);

  const step = useCallback(
    (by: 1 | -1) => {
      setPicked(null);
      setOffset((old) => (total === 0 ? 0 : (old + by + total) % total));
    },
    [total],
  );

  return { contact, offset, total, search, setSearch, found: matches.value?.rows ?? [], choose: setPicked, step };
}

/** "Anna Kovalenko", else the address, else "Contact 12". */
export function contactName(row: ContactRow): string {
  const name = [row.firstName, row.lastName].filter((part) => part !== null && part !== '').join(' ');
  if (name !== '') return name;
  return row.email ? String(row.email) : row.externalCustomerId ? String(row.externalCustomerId) : `Contact ${row.id}`;
}
