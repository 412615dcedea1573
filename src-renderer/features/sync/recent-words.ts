import type { RemoteChange } from '#renderer/data/data-api.ts';
import { fieldName } from '#renderer/parts/document-words.ts';
import { type Names, valueWords } from '#renderer/parts/field-value.tsx';
import type { Format } from '#renderer/ui/format.ts';
import { equalJson } from '#shared/kernel/json.ts';

const JOIN_WITHIN_MS = 10 * 60_000;
/** Longer ones say only that they changed: the row is a glance, the document is one click away. */
const LONGEST_TEXT = 60;
const LONGEST_RULE = 160;

type Value = NonNullable<RemoteChange['values']>[number];

/** An edit of a contact is a document made; to people it is a contact changed. */
const asSeen = (change: RemoteChange): RemoteChange =>
  change.kind === 'contact-edit' ? { ...change, what: 'changed' } : change;

const subjectOf = ({ by, kind, contactId, documentId }: RemoteChange): string =>
  JSON.stringify([by?.id, kind, contactId ?? documentId]);

/** From the oldest value before to the newest after; what came back to where it was is no change. */
function joinValues(newer: readonly Value[], older: readonly Value[]): Value[] {
  const joined = new Map(older.map((value) => [value.field, value]));
  for (const value of newer) {
    const before = joined.get(value.field);
    joined.set(value.field, before ? { ...value, from: before.from } : value);
  }
  return [...joined.values()].filter(({ from, to }) => !equalJson(from, to));
}

function joinTwo(newer: RemoteChange, older: RemoteChange): RemoteChange {
  const stands = newer.stands ?? older.stands;
  return {
    ...newer,
    what: older.what === 'made' ? 'made' : newer.what,
    fields: [...new Set([...newer.fields, ...older.fields])],
    values: joinValues(newer.values ?? [], older.values ?? []),
    merged: newer.merged || older.merged,
    ...(stands === undefined ? {} : { stands }),
  };
}

/** Saves of the same thing by the same person, each soon after the one before, as one row; newest first as they came. */
export function joinChanges(changes: readonly RemoteChange[]): RemoteChange[] {
  const rows: RemoteChange[] = [];
  const open = new Map<string, { place: number; oldest: number }>();
  for (const change of changes.map(asSeen)) {
    const subject = subjectOf(change);
    const newer = open.get(subject);
    const row = newer && rows[newer.place];
    const joins = row !== undefined && row.what !== 'removed' && change.what !== 'removed';
    if (newer && joins && newer.oldest - change.at <= JOIN_WITHIN_MS) {
      rows[newer.place] = joinTwo(row, change);
      open.set(subject, { ...newer, oldest: change.at });
    } else {
      open.set(subject, { place: rows.length, oldest: change.at });
      rows.push(change);
    }
  }
  return rows;
}

/** "Name: Loyal → Very loyal"; of a long text only that it changed. */
export function valueChange(
  kind: RemoteChange['kind'],
  { field, from, to }: Value,
  format: Format,
  names: Names,
): string {
  const label = fieldName(kind, field);
  const text = (typeof from === 'string' || typeof to === 'string') && field !== 'messageId' && field !== 'segmentId';
  const before = valueWords(field, from, format, names) ?? 'empty';
  const after = valueWords(field, to, format, names) ?? 'empty';
  const longest = text ? LONGEST_TEXT : LONGEST_RULE;
  if (field === 'source' || (text && Math.max(before.length, after.length) > longest)) return `${label}: text changed`;
  if (before === after || Math.max(before.length, after.length) > longest) return `${label}: changed`;
  return `${label}: ${before} → ${after}`;
}
