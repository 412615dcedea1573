import type { Format } from '#renderer/ui/format.ts';
import type { ImportState, ImportUndo } from '#shared/api/import.schema.ts';

type Told = Pick<ImportState, 'kind' | 'summary'>;

/** What an import did, in sentences: lines, orders, contacts, what was new and what was left out. */
export function summaryWords({ kind, summary }: Told, format: Format): string {
  if (summary === null) return '';
  const { lines, orders, contacts, created, updated, unchanged, rejected } = summary;
  const what = kind === 'orders' ? format.counted(orders, 'order') : format.counted(contacts, 'contact');
  const parts = [
    `${format.counted(lines, 'line')} read, ${what}${kind === 'orders' ? ` of ${format.counted(contacts, 'known contact')}` : ''}.`,
    created === 0 && updated === 0
      ? 'Nothing new: everything was already here.'
      : `${format.count(created)} new, ${format.count(updated)} updated, ${format.count(unchanged)} unchanged.`,
  ];
  if (rejected > 0) parts.push(`${format.counted(rejected, 'line')} left out, with the reason in the rejects file.`);
  return parts.join(' ');
}

/** What else is worth knowing of an import, or of what it would do: a sentence each. */
export function noticesOf({ kind, summary, purpose }: Told & Pick<ImportState, 'purpose'>, format: Format): string[] {
  if (summary === null) return [];
  const people = (count: number) => format.counted(count, 'person', 'people');
  const will = purpose === 'check';
  const were = (count: number) => (count === 1 ? 'was' : 'were');
  const found: string[] = [];
  const tell = (count: number, words: string) => {
    if (count > 0) found.push(words);
  };
  const { duplicates, suppressed, unsubscribed, erased, listed, events, workflows } = summary;
  tell(
    duplicates,
    `${format.counted(duplicates, 'line')} of somebody the file names more than once; each is one contact.`,
  );
  tell(
    suppressed,
    `${people(suppressed)} of the file got no mail before, because they unsubscribed or mail to them failed.`,
  );
  tell(
    unsubscribed,
    `${people(unsubscribed)} ${will ? 'will get' : unsubscribed === 1 ? 'gets' : 'get'} no more mail, as the file says.`,
  );
  tell(erased, `${people(erased)} ${were(erased)} erased earlier and ${will ? 'will be' : were(erased)} left out.`);
  tell(listed, `${people(listed)} ${will ? 'will come' : 'came'} into the chosen lists.`);
  tell(events, `${format.counted(events, 'event')} ${will ? 'will be' : were(events)} raised.`);
  found.push(...summary.notices.map((notice) => `${notice[0]?.toUpperCase() ?? ''}${notice.slice(1)}.`));
  if (kind === 'contacts' && will) {
    found.push(
      workflows === 0 ? 'No workflow starts by it.' : `${format.counted(workflows, 'workflow')} will start by it.`,
    );
  }
  return found;
}

/** What taking an import back came to. */
export function undoWords({ removed, restored, kept }: ImportUndo, format: Format): string {
  const parts = [
    `${format.counted(removed, 'contact')} removed, ${format.count(restored)} put back to what they were.`,
    kept === 0 ? '' : `${format.count(kept)} stay as they are, because something happened to them since.`,
    'Who was unsubscribed by the file stays unsubscribed.',
  ];
  return parts.filter((part) => part !== '').join(' ');
}
