/**
 * Pull and push of documents (SPEC.md: DOC, REF, EDIT). The server compares revisions and answers with its copy; merging
 * is the client's. A push runs in one transaction: contacts are locked first, then the counter, then everything is judged
 * and written. All writers of documents hold the counter while they write, so no other lock on documents is needed.
 */
import pg from 'pg';
import type { z } from 'zod';
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import { must } from '#shared/kernel/assert.ts';
import { storableText } from '#shared/kernel/fold.ts';
import type { pullInput, pullOutput, pushInput } from '#shared/sync/wire.schema.ts';
import { applyContactEdits } from './contact-edits.ts';
import { queryOf, readDocuments, readDocumentsAfter, storeDocuments, type Unsigned } from './document-store.ts';
import { erasedAmong, reviewedContact } from './erased.ts';
import { bump, readFeed } from './feed.ts';
import { takeField } from './field-documents.ts';
import { type Author, checkEpoch, checkReach } from './judge.ts';
import { Push, type PushOutput } from './push.ts';
import { reviewsOfReplaced, type TakenEdit } from './replaced-edits.ts';

/** [DOC-1] */
export async function pullDocuments(
  db: Deps['db'],
  input: z.infer<typeof pullInput>,
): Promise<z.infer<typeof pullOutput>> {
  const feed = await readFeed(db);
  checkEpoch(feed, input.epoch, input.after);
  const documents = await readDocumentsAfter(db, { after: input.after, upTo: feed.version, limit: input.limit + 1 });
  // Asked after the documents were read: what was pruned before is known to be.
  checkReach(await readFeed(db), input.after, input.begun ?? 0);
  const more = documents.length > input.limit;
  if (more) documents.pop();
  return {
    epoch: feed.epoch,
    epochFrom: feed.epochFrom,
    newest: feed.version,
    version: more ? must(documents.at(-1), 'a full page').rev : feed.version,
    documents,
    more,
  };
}

/** PostgreSQL ended one of two transactions that waited for each other: done again it finds the other one gone. */
const RETRY = ['40P01', '40001'];

/** Takes what can be taken and answers conflicts and refusals for the rest. */
export async function pushDocuments(
  deps: Pick<Deps, 'db' | 'now' | 'wake'>,
  author: Author,
  input: z.infer<typeof pushInput>,
): Promise<PushOutput> {
  for (let left = 3; ; left--) {
    try {
      return await pushOnce(deps, author, input);
    } catch (error) {
      if (left === 0 || !(error instanceof pg.DatabaseError) || !RETRY.includes(error.code ?? '')) throw error;
    }
  }
}

async function pushOnce(
  { db, now, wake }: Pick<Deps, 'db' | 'now' | 'wake'>,
  author: Author,
  input: z.infer<typeof pushInput>,
): Promise<PushOutput> {
  checkEpoch(await readFeed(db), input.epoch, 0);
  const ids = input.rows.map(({ next }) => next.id).filter((id) => storableText(id) === id);
  const push = new Push(author, await readFieldSpecs(db));
  push.read(input.rows, await readDocuments(db, ids));
  if (push.candidates.length === 0) return push.answer;
  const answer = await db.tx((tx) => writeCandidates(tx, push, now()));
  wake.notify('feed');
  return answer;
}

async function writeCandidates(tx: Tx, push: Push, now: number): Promise<PushOutput> {
  const query = queryOf(tx);
  const edits = new Map(push.candidates.flatMap(({ next, edit }) => (edit ? [[next.id, edit] as const] : [])));
  const applied = await applyContactEdits(tx, edits, {
    now,
    async isNew() {
      const taken = await readDocuments(query, [...edits.keys()]);
      return (id) => !taken.has(id);
    },
  });
  // An edit takes up to three versions: its column change first, then its document (EDIT-2) and a review (EDIT-5).
  let version = await bump(tx, push.candidates.length + 2 * edits.size);
  const masters = await readDocuments(
    query,
    push.candidates.map(({ next }) => next.id),
  );
  const erased = await erasedAmong(
    query,
    push.candidates.flatMap(({ next }) => reviewedContact(next) ?? []),
  );
  const fields = new Map(await readFieldSpecs(query));
  const documents: Unsigned[] = [];
  const changes: { version: number; key: number }[] = [];
  const taken: TakenEdit[] = [];
  for (const candidate of push.candidates) {
    const { next, edit } = candidate;
    if (!push.mayWrite(candidate, masters)) continue;
    if (erased.has(reviewedContact(next) ?? 0)) {
      push.refuse(next, { code: 'not_found', message: 'This contact was erased.', field: 'about' }, undefined);
      continue;
    }
    const problem = takeField(fields, next, masters.get(next.id));
    if (problem) {
      push.refuse(next, problem, masters.get(next.id));
      continue;
    }
    if (!edit) {
      documents.push({ ...next, rev: version++ });
      continue;
    }
    const outcome = must(applied.get(next.id), 'a new edit has an outcome');
    if (!outcome.ok) {
      push.refuse(next, outcome.problem, undefined);
      continue;
    }
    changes.push({ version: version++, key: edit.contactId });
    documents.push({ ...next, body: outcome.edit, rev: version++ });
    taken.push({ id: next.id, edit: outcome.edit });
  }
  const reviews = await reviewsOfReplaced(query, taken, { userId: push.author.userId, now });
  await tx.query(
    `insert into column_change (version, tbl, key) select v, 'contact', k from unnest($1::bigint[], $2::bigint[]) as c (v, k)`,
    [changes.map((change) => change.version), changes.map((change) => change.key)],
  );
  await storeDocuments(tx, documents, push.author.userId);
  await storeDocuments(
    tx,
    reviews.map((review) => ({ ...review, rev: version++ })),
    null,
  );
  return push.answer;
}
