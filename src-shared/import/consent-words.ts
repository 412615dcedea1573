/** What files say about mail to somebody, in the words of the tools they come from. */
import type { ConsentAct } from '#shared/consent/decide.ts';
import { fold } from '#shared/kernel/fold.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';

/** What a file can say; the rest is between a person and us. */
export const fileActs = ['granted', 'withdrawn', 'bounced', 'complained'] as const satisfies readonly ConsentAct[];
export type FileAct = (typeof fileActs)[number];

const words: Readonly<Record<FileAct | 'nothing', string>> = {
  granted:
    'subscribed,active,enabled,confirmed,opted in,opt in,optin,yes,true,1,підписаний,підписана,підписано,підтверджено,активний,активна,подписан,подписана,активен,так,да',
  withdrawn:
    'unsubscribed,unsubscribe,opted out,opt out,optout,blocklisted,blocked,blacklisted,blacklist,suppressed,user suppressed,inactive,disabled,no,false,0,відписаний,відписана,відписано,відписка,заблоковано,отписан,отписана,отписался,ні,нет',
  bounced:
    'bounced,bounce,hard bounce,hard bounced,hardbounced,cleaned,invalid,invalid email,недійсний,недоступний,недействителен',
  complained: 'complained,complaint,spam,spam complaint,marked as spam,abuse,скарга,спам,жалоба',
  nothing:
    'none,never subscribed,not subscribed,non subscribed,nonsubscribed,transactional,pending,unconfirmed,not confirmed,n/a,-,непідтверджений,непідтверджено,неподтвержден',
};

const acts = new Map<string, FileAct | null>();
for (const act of fileActs) {
  for (const word of words[act].split(',')) acts.set(word, act);
}
for (const word of words.nothing.split(',')) acts.set(word, null);

const plain = (text: string): string =>
  fold(text)
    .replace(/[_\s[\]"']+/g, ' ')
    .replace(/(?<=\p{L})-(?=\p{L})/gu, ' ')
    .trim();

/** What a word means for mail; null: nothing was said. */
export function readConsentWord(text: string): Result<FileAct | null, string> {
  const word = plain(text);
  if (word === '') return ok(null);
  const act = acts.get(word);
  return act === undefined ? err('is no email status that is known, such as subscribed or unsubscribed') : ok(act);
}

const yes = new Set('yes,y,true,t,1,on,x,+,✓,так,т,да,д,ja,oui,tak'.split(','));
const no = new Set('no,n,false,f,0,off,-,ні,н,нет,nein,non,nie'.split(','));

/** Yes or no in the languages of our users; null for anything else. */
export function readYesNo(text: string): boolean | null {
  const word = fold(text).trim();
  if (yes.has(word)) return true;
  return no.has(word) ? false : null;
}
