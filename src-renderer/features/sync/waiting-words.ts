import type { WaitingChange } from '#renderer/data/data-changes.ts';

/** Edits of one contact that wait are one row, dated by the newest; each refused one is told by itself. Order is kept. */
export function joinWaiting(changes: readonly WaitingChange[]): WaitingChange[] {
  const rows: WaitingChange[] = [];
  const places = new Map<number, number>();
  for (const change of changes) {
    const place = change.contactId === null || change.refusal !== null ? undefined : places.get(change.contactId);
    const row = place === undefined ? undefined : rows[place];
    if (place !== undefined && row) rows[place] = joined(row, change);
    else {
      if (change.contactId !== null && change.refusal === null) places.set(change.contactId, rows.length);
      rows.push(change);
    }
  }
  return rows;
}

/** The same field edited twice is one change, from its first value to its last. */
function joined(a: WaitingChange, b: WaitingChange): WaitingChange {
  const [older, newer] = a.at <= b.at ? [a, b] : [b, a];
  const values = new Map((older.values ?? []).map((value) => [value.field, value]));
  for (const value of newer.values ?? []) {
    values.set(value.field, { ...value, from: values.get(value.field)?.from ?? value.from });
  }
  return { ...a, values: [...values.values()], at: newer.at };
}
