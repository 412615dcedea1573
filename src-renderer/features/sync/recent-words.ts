import type { RemoteChange } from '#renderer/data/data-changes.ts';
import { fieldName, fieldNames } from '#renderer/parts/document-words.ts';
import { type Names, valueWords } from '#renderer/parts/field-value.tsx';
import type { Format } from '#renderer/ui/format.ts';
import { equalJson } from '#shared/kernel/json.ts';

const JOIN_WITHIN_MS = 10 * 60_000;
/** Longer ones say only that they changed: the row is a glance, the document is one click away. */
const LONGEST_TEXT = 60;
const LONGEST_RULE = 160;
/** Of the values in between, the newest. */
const MOST_VIA = 3;

/** `via`: what it was in between, oldest first, where several saves are one row. */
type Value = NonNullable<RemoteChange['values']>[number] & { via?: unknown[] };
export type JoinedChange = Omit<RemoteChange, 'values'> & { values?: Value[] };

/** An edit of a contact is a document made; to people it is a contact changed. */
const asSeen = (change: RemoteChange): JoinedChange =>
  change.kind === 'contact-edit' ? { ...change, what: 'changed' } : change;

const subjectOf = ({ by, kind, contactId, documentId }: RemoteChange): string =>
  JSON.stringify([by?.id, kind, contactId ?? documentId]);

/** From the oldest value before to the newest after, with what it was in between. */
function joinValues(newer: readonly Value[], older: readonly Value[]): Value[] {
  const joined = new Map(older.map((value) => [value.field, value]));
  for (const value of newer) {
    const before = joined.get(value.field);
    joined.set(value.field, before ? { ...value, from: before.from, via: [...(before.via ?? []), before.to] } : value);
  }
  return [...joined.values()];
}

/** Whether the newer values go on from where the older ones ended: nothing that another wrote lies between. */
function goesOn(newer: readonly Value[], older: readonly Value[]): boolean {
  const ended = new Map(older.map(({ field, to }) => [field, to]));
  return newer.every(({ field, from }) => !ended.has(field) || equalJson(ended.get(field) ?? null, from ?? null));
}

/** What was made, removed or taken back is told by itself: whoever saw it made wants to know what has changed in it since. */
function areOne(newer: JoinedChange, older: JoinedChange): boolean {
  return (
    [newer, older].every(({ what, tookBack }) => what === 'changed' && !tookBack) &&
    (newer.stands ?? older.stands) === (older.stands ?? newer.stands) &&
    goesOn(newer.values ?? [], older.values ?? [])
  );
}

const both = <T>(newer: readonly T[] = [], older: readonly T[] = []): T[] => [...new Set([...newer, ...older])];

function joinTwo(newer: JoinedChange, older: JoinedChange): JoinedChange {
  const told = newer.stands === undefined ? older : newer;
  const outcome =
    told.stands === undefined
      ? {}
      : {
          stands: told.stands,
          contested: both(newer.contested, older.contested),
          decided: [newer, older].every(({ stands, decided }) => stands === undefined || decided === true),
        };
  return {
    ...newer,
    fields: both(newer.fields, older.fields),
    values: joinValues(newer.values ?? [], older.values ?? []),
    merged: newer.merged || older.merged,
    ...outcome,
  };
}

/** Saves of the same thing by the same person, each soon after the one before, as one row; newest first as they came. */
export function joinChanges(changes: readonly RemoteChange[]): JoinedChange[] {
  const rows: JoinedChange[] = [];
  const open = new Map<string, { place: number; oldest: number }>();
  for (const change of changes.map(asSeen)) {
    const subject = subjectOf(change);
    const newer = open.get(subject);
    const row = newer && rows[newer.place];
    if (newer && row && areOne(row, change) && newer.oldest - change.at <= JOIN_WITHIN_MS) {
      rows[newer.place] = joinTwo(row, change);
      open.set(subject, { ...newer, oldest: change.at });
    } else {
      open.set(subject, { place: rows.length, oldest: change.at });
      rows.push(change);
    }
  }
  return rows;
}

/** A field's name with its values before and after; of those too long for a glance only that they changed. */
export type ValueChange =
  | { label: string; before: string; via: string[]; after: string }
  | { label: string; changed: string };

export function valueChange(
  kind: RemoteChange['kind'],
  { field, from, to, via = [] }: Value,
  format: Format,
  names: Names,
): ValueChange {
  const label = fieldName(kind, field);
  const text = (typeof from === 'string' || typeof to === 'string') && field !== 'messageId' && field !== 'segmentId';
  const before = valueWords(field, from, format, names) ?? 'empty';
  const after = valueWords(field, to, format, names) ?? 'empty';
  const between = via.map((value) => valueWords(field, value, format, names) ?? 'empty');
  const viaWords = between.length <= MOST_VIA ? between : ['…', ...between.slice(-MOST_VIA)];
  const isLong =
    Math.max(...[before, ...viaWords, after].map((words) => words.length)) > (text ? LONGEST_TEXT : LONGEST_RULE);
  if (field === 'source' || (text && isLong)) return { label, changed: 'text changed' };
  return before === after || isLong ? { label, changed: 'changed' } : { label, before, via: viaWords, after };
}

/** What became of one's own version, and of which fields: "Your version of Town stands". */
export function outcomeWords({
  kind,
  stands,
  contested = [],
  decided = false,
}: Pick<RemoteChange, 'kind' | 'stands' | 'contested' | 'decided'>): string {
  if (stands === undefined) return 'Joined with your change';
  const fields = contested.filter((field) => field !== 'deleted');
  const of = fields.length === 0 ? '' : ` of ${fieldNames(kind, fields)}`;
  if (stands === 'theirs') return `Your version${of} gave way`;
  return `Your version${of} ${decided ? 'stood' : 'stands'}`;
}
