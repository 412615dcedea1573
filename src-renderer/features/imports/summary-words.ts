import type { Format } from '#renderer/ui/format.ts';
import type { ImportState } from '#shared/api/import.schema.ts';

/** What an import did, in sentences: lines, orders, contacts, what was new and what was left out. */
export function summaryWords({ kind, summary }: Pick<ImportState, 'kind' | 'summary'>, format: Format): string {
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
