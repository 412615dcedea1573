/** What a cell says about mail to a person. */
import { parseIsoInstant } from '#shared/kernel/instant-text.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { type FileAct, readConsentWord, readYesNo } from './consent-words.ts';
import type { ConsentTarget } from './import-targets.ts';
import { readDate } from './read-date.ts';
import type { CellStyle } from './read-field-cell.ts';

/** `at`: epoch ms of the act, null where the file does not say when. */
export type SaidConsent = { act: FileAct; at: number | null };

const actOf: Readonly<Record<Exclude<ConsentTarget, 'emailStatus'>, FileAct>> = {
  unsubscribed: 'withdrawn',
  bounced: 'bounced',
  complained: 'complained',
};

/** Null: the cell says nothing. The reason follows the name of the column. */
export function readConsentCell(
  target: ConsentTarget,
  text: string,
  style: CellStyle,
): Result<SaidConsent | null, string> {
  const trimmed = text.trim();
  if (trimmed === '') return ok(null);
  if (target === 'emailStatus') {
    const word = readConsentWord(trimmed);
    return word.ok ? ok(word.value && { act: word.value, at: null }) : word;
  }
  const answer = readYesNo(trimmed);
  if (answer !== null) return ok(answer ? { act: actOf[target], at: null } : null);
  const read = readDate(trimmed, style.dateOrder ?? 'dmy');
  const at = read && parseIsoInstant(`${read.date}T${read.time ?? '00:00:00'}${read.offset}`, style.zone);
  if (at !== null) return ok({ act: actOf[target], at });
  // The names of such lists are said as well: "[USER_SUPPRESSED]".
  const word = readConsentWord(trimmed);
  if (word.ok) return ok(word.value && word.value !== 'granted' ? { act: actOf[target], at: null } : null);
  return err('is neither yes nor no nor a date');
}

/** Of several words about one person the one that keeps the most mail away, since when it was first said. */
export function strictest(words: readonly SaidConsent[]): SaidConsent | null {
  const order: readonly FileAct[] = ['granted', 'bounced', 'withdrawn', 'complained'];
  let found: SaidConsent | null = null;
  for (const word of words) {
    const more = found === null ? 1 : order.indexOf(word.act) - order.indexOf(found.act);
    if (more > 0 || (more === 0 && word.at !== null && (found?.at == null || word.at < found.at))) found = word;
  }
  return found;
}
