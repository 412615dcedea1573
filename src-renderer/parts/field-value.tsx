import { Fragment } from 'react';
import type { Format } from '#renderer/ui/format.ts';
import type { Role } from '#shared/account/roles.ts';
import { roleWords } from '#shared/account/roles.ts';
import { computedSchema } from '#shared/contact/computed.schema.ts';
import { computedWords } from '#shared/contact/computed-words.ts';
import { ruleWords } from '#shared/segment/rule-words.ts';
import { ruleSchema } from '#shared/segment/segment.schema.ts';
import classes from './field-value.module.css';
import { useRuleWriter } from './list-names.ts';
import { type DiffPart, diffText, sideOf } from './text-diff.ts';

/** Names of documents by id: a campaign knows its message and segment by id only. */
export type Names = ReadonlyMap<string, string>;

const EDGE = 80;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isRole = (value: unknown): value is Role => typeof value === 'string' && Object.hasOwn(roleWords, value);

/** A value of a document's field in words; null for an empty one. */
export function valueWords(field: string, value: unknown, format: Format, names: Names): string | null {
  if (field === 'deleted') return value === true ? 'Deleted' : 'Kept, with its changes';
  if (value === null || value === undefined || value === '') return null;
  if (field === 'format' && typeof value === 'string') return value.toUpperCase();
  if (field === 'role' && isRole(value)) return roleWords[value].name;
  if ((field === 'messageId' || field === 'segmentId') && typeof value === 'string') {
    return names.get(value) ?? 'One that was deleted';
  }
  if (typeof value === 'number') return field.endsWith('At') ? format.dateTime(value) : format.count(value);
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'string') return value;
  const computed = field === 'computed' ? computedSchema.safeParse(value) : null;
  if (computed?.success) return computedWords(computed.data, format);
  const rule = ruleSchema.safeParse(field === 'live' && isRecord(value) ? value.rule : value);
  if (rule.success) return ruleWords(rule.data, format);
  if (field === 'live' && isRecord(value) && typeof value.subject === 'string') return value.subject;
  return Array.isArray(value) ? format.counted(value.length, 'entry', 'entries') : JSON.stringify(value);
}

function Marked({ parts }: { parts: readonly DiffPart[] }) {
  return parts.map((part, place) =>
    part.in === 'both' ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other identity
      <Fragment key={place}>{part.text}</Fragment>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other identity
      <mark key={place} className={classes.mark}>
        {part.text}
      </mark>
    ),
  );
}

/** One of two versions of a value; the words in which it differs from the other are marked. */
export function FieldVersion({
  field,
  value,
  other,
  names,
  absent = 'Empty',
}: {
  field: string;
  value: unknown;
  other: unknown;
  names: Names;
  /** Said where there is nothing. */
  absent?: string | undefined;
}) {
  const format = useRuleWriter();
  const words = valueWords(field, value, format, names);
  const otherWords = valueWords(field, other, format, names);
  if (words === null) return <span className={classes.empty}>{absent}</span>;
  const long = typeof value === 'string' && value.length > 2 * EDGE;
  return (
    <span className={field === 'source' ? classes.code : classes.text}>
      {otherWords === null ? (
        long ? (
          `${words.slice(0, 2 * EDGE)} …`
        ) : (
          words
        )
      ) : (
        <Marked parts={sideOf(diffText(words, otherWords), 'first', EDGE)} />
      )}
    </span>
  );
}
