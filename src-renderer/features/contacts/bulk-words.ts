/** Changes of many contacts in words: as a question, under way, done. Pure, so that every deed is tested to have them. */
import type { Format } from '#renderer/ui/format.ts';
import { ALL_CATEGORIES, type BulkDeed, type BulkJob, type BulkSkip } from '#shared/contact/bulk.schema.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';

export type BulkNames = { list: (id: string) => string | undefined; field: (id: AnyField) => string };

/** "Set Country to “Germany”". */
export function deedWords(deed: BulkDeed, names: BulkNames): string {
  const list = (id: string): string => `“${names.list(id) ?? 'a deleted list'}”`;
  switch (deed.type) {
    case 'field': {
      const field = names.field(deed.field);
      if (!('to' in deed)) return `Set ${field}`;
      return deed.to === null ? `Empty ${field}` : `Set ${field} to “${deed.to.replaceAll('\n', ', ')}”`;
    }
    case 'list':
      return deed.member ? `Add to ${list(deed.listId)}` : `Take out of ${list(deed.listId)}`;
    case 'tag':
      return deed.add ? `Add tag “${deed.tag}”` : `Remove tag “${deed.tag}”`;
    case 'subscription':
      if (deed.categoryId === ALL_CATEGORIES) return deed.subscribed ? 'Allow mail again' : 'Unsubscribe from all mail';
      return deed.subscribed ? `Subscribe to ${list(deed.categoryId)}` : `Unsubscribe from ${list(deed.categoryId)}`;
    case 'delete':
      return 'Delete';
    case 'undo':
      return 'Undo';
  }
}

/** What a job is called in a list of jobs. */
export function jobTitle({ deed, undoes }: Pick<BulkJob, 'deed' | 'undoes'>, names: BulkNames): string {
  if (deed.type === 'undo') return undoes === null ? 'Undo' : `Undo: ${deedWords(undoes, names)}`;
  return deedWords(deed, names);
}

/** What happens and whether there is a way back, before it is confirmed. */
export function consequence(deed: BulkDeed): string {
  if (deed.type === 'subscription') {
    return deed.subscribed
      ? 'Whoever complained stays without mail. What you know of their wish is kept with the consent of each.'
      : 'This cannot be undone: who left comes back only by their own word, or with evidence that they asked for it.';
  }
  if (deed.type === 'delete') {
    return 'They leave lists, segments and everything that is sent. You can undo this for 30 days.';
  }
  return 'You can undo this for 30 days; what somebody changes meanwhile stays.';
}

const skips: Record<BulkSkip, string> = {
  gone: 'not there any more',
  unchanged: 'had it already',
  refused: 'refused by what they said before',
  noEmail: 'without email',
  changedSince: 'changed since, left as they are',
};

/** "1,180 of 1,204 contacts changed: 20 had it already, 4 without email". */
export function outcomeWords({ changed, total, skipped, state, error }: BulkJob, format: Format): string {
  const kinds = Object.keys(skips) as BulkSkip[];
  const reasons = kinds.flatMap((why) => {
    const count = skipped[why] ?? 0;
    return count === 0 ? [] : [`${format.count(count)} ${skips[why]}`];
  });
  const done =
    changed === total
      ? `${format.counted(total, 'contact')} changed`
      : `${format.count(changed)} of ${format.counted(total, 'contact')} changed`;
  const because = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`;
  if (state === 'cancelled') return `Stopped. ${done}${because}. ${error ?? ''}`.trim();
  return state === 'failed' ? `${error ?? 'It failed.'} ${done}${because}.` : `${done}${because}.`;
}
