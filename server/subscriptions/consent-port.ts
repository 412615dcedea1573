/** What people in the app do to lists and subscriptions of contacts. Each act is one transaction and tells who did it. */
import { addToLists, removeFromLists } from '#server/lists/lists.ts';
import { deleteMemberships, lockMembers, putMemberships } from '#server/lists/memberships.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import type { Caller, ConsentPort } from '#shared/api/ports.ts';
import { refusalWords } from '#shared/consent/decide.ts';
import { tagListId, tagOfListId, tagSchema } from '#shared/contact/tag.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { resubscribeAddresses, unsubscribeAddresses } from './addresses.ts';
import { consentOf, type Word } from './consent-ledger.ts';
import { leave, subscribe } from './subscriptions.ts';

export function createConsentPort(deps: Pick<Deps, 'db' | 'now' | 'wake'>): ConsentPort {
  const act = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const done = await deps.db.tx(work);
    deps.wake.notify('dirty');
    return done;
  };
  const wordOf = (caller: Caller, evidence: string | null): Word => ({
    source: 'admin',
    at: deps.now(),
    evidence,
    by: caller.userId,
  });
  return {
    async setList(caller, { contactIds, listId, member }) {
      const tag = tagOfListId(listId);
      if (tag !== null)
        return act((tx) => setTag(tx, contactIds, tag, member, { at: deps.now(), source: caller.name }));
      return act(async (tx) => {
        const names = [listId];
        const { unknown, ...counts } = member
          ? await addToLists(tx, contactIds, names, { source: caller.name, now: deps.now() })
          : await removeFromLists(tx, contactIds, names, { at: deps.now(), source: caller.name });
        if (unknown.length > 0) throw new UserError('not_found', 'This list does not exist any more.', 'listId');
        return { changed: 'added' in counts ? counts.added : counts.removed };
      });
    },
    async setSubscription(caller, { contactIds, categoryId, subscribed, evidence }) {
      return act(async (tx) => {
        const say = subscribed ? subscribe : leave;
        const { changed, refused, unknown } = await say(tx, contactIds, [categoryId], wordOf(caller, evidence));
        if (unknown.length > 0) {
          throw new UserError('not_found', 'This category does not exist any more.', 'categoryId');
        }
        return { changed, refused: refused.length, why: refused[0] ? refusalWords[refused[0].why] : null };
      });
    },
    async setMail(caller, { contactId, allowed, evidence }) {
      await act(async (tx) => {
        const { rows } = await tx.query<{ email: string | null }>(
          'select email_fold as email from contact where id = $1 and deleted_at is null',
          [contactId],
        );
        const email = rows[0]?.email;
        if (!email) throw new UserError('not_found', 'This contact has no email address.', 'contactId');
        const say = allowed ? resubscribeAddresses : unsubscribeAddresses;
        const why = (await say(tx, [email], wordOf(caller, evidence))).get(email);
        if (why && why !== 'unchanged') throw new UserError('conflict', refusalWords[why], 'allowed');
      });
    },
    history: (_caller, contactId) => consentOf(deps.db, contactId),
  };
}

/** Tags are lists without a document: any word can be one. */
async function setTag(
  tx: Tx,
  contactIds: readonly number[],
  tag: string,
  member: boolean,
  by: { at: number; source: string },
): Promise<{ changed: number }> {
  if (!tagSchema.safeParse(tag).success) throw new UserError('invalid_input', 'This cannot be a tag.', 'listId');
  const there = await lockMembers(tx, contactIds);
  const listId = tagListId(tag);
  if (!member) return { changed: await deleteMemberships(tx, there, [listId], by) };
  const rows = there.map((contactId) => ({ contactId, listId, state: 'member' as const }));
  return { changed: (await putMemberships(tx, rows, by)).length };
}
