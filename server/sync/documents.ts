/**
 * Pull and push of documents (SPEC.md: DOC, REF, EDIT). The server compares revisions and answers with its copy; merging
 * is the client's. A push runs in one transaction: contacts are locked first, then the counter, then everything is judged
 * and written. All writers of documents hold the counter while they write, so no other lock on documents is needed.
 */
import pg from 'pg';
import type { z } from 'zod';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import type { Caller } from '#shared/api/ports.ts';
import { type ContactEdit, contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { must } from '#shared/kernel/assert.ts';
import { storableText } from '#shared/kernel/fold.ts';
import { equalJson } from '#shared/kernel/json.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { equalContent } from '#shared/sync/merge.ts';
import type { pullInput, pullOutput, pushInput, pushOutput } from '#shared/sync/wire.schema.ts';
import { applyContactEdits } from './contact-edits.ts';
import { mayPush, maySee } from './document-access.ts';
import { checkDocument, type Problem } from './document-check.ts';
import { readDocuments, readDocumentsAfter, storeDocuments } from './document-store.ts';
import { bump, checkEpoch, readFeed } from './feed.ts';

type PushOutput = z.infer<typeof pushOutput>;

/** [DOC-1] */
export async function pullDocuments(
  db: Deps['db'],
  input: z.infer<typeof pullInput>,
): Promise<z.infer<typeof pullOutput>> {
  const feed = await readFeed(db);
  checkEpoch(feed, input.epoch, input.after);
  const documents = await readDocumentsAfter(db, { after: input.after, upTo: feed.version, limit: input.limit + 1 });
  const more = documents.length > input.limit;
  if (more) documents.pop();
  return {
    epoch: feed.epoch,
    epochFrom: feed.epochFrom,
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
  const masters = await readDocuments(
    db,
    input.rows.map(({ next }) => next.id).filter((id) => storableText(id) === id),
  );
  const push = new Push(author);
  const pushed = new Map<string, PushRow>();
  for (const row of input.rows) {
    const { next } = row;
    const master = masters.get(next.id);
    if (pushed.has(next.id)) {
      push.refuse(next, { code: 'invalid_input', message: 'A push names each document once.', field: 'id' }, master);
      continue;
    }
    pushed.set(next.id, row);
    const checked = checkDocument(next);
    if (!checked.ok) push.refuse(next, checked.problem, master);
    else {
      const candidate = { assumedRev: row.assumed?.rev ?? 0, next: checked.next, edit: checked.edit };
      // Nothing locked yet: a verdict that needs no write is final, the others are made again under the counter.
      if (push.settle(candidate, judge(push.author, candidate, master), master)) push.candidates.push(candidate);
    }
  }
  if (push.candidates.length === 0) return push.answer;
  const answer = await db.tx((tx) => writeCandidates(tx, push, now()));
  wake.notify('feed');
  return answer;
}

async function writeCandidates(tx: Tx, push: Push, now: number): Promise<PushOutput> {
  const ids = push.candidates.map(({ next }) => next.id);
  const query = {
    query: async <R extends object>(text: string, values?: unknown[]) => (await tx.query<R>(text, values)).rows,
  };
  const edits = new Map(push.candidates.flatMap(({ next, edit }) => (edit ? [[next.id, edit] as const] : [])));
  const applied = await applyContactEdits(tx, edits, {
    now,
    async isNew() {
      const taken = await readDocuments(query, [...edits.keys()]);
      return (id) => !taken.has(id);
    },
  });
  // An edit takes two versions: its column change first, then its document (EDIT-2).
  let version = await bump(tx, push.candidates.length + edits.size);
  const masters = await readDocuments(query, ids);
  const documents: Envelope[] = [];
  const changes: { version: number; key: number }[] = [];
  for (const candidate of push.candidates) {
    const { next, edit } = candidate;
    const master = masters.get(next.id);
    if (!push.settle(candidate, judge(push.author, candidate, master), master)) continue;
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
  }
  await tx.query(
    `insert into column_change (version, tbl, key) select v, 'contact', k from unnest($1::bigint[], $2::bigint[]) as c (v, k)`,
    [changes.map((change) => change.version), changes.map((change) => change.key)],
  );
  await storeDocuments(tx, documents, push.author.userId);
  return push.answer;
}
