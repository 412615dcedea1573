/**
 * Pull and push over the simulated tables, statement by statement as server/sync does it on PostgreSQL. What becomes of a
 * document is decided by the server's own functions.
 */
import type { z } from 'zod';
import { maySee } from '#server/sync/document-access.ts';
import type { Problem } from '#server/sync/document-check.ts';
import { reviewedContact } from '#server/sync/erased.ts';
import { checkEpoch, checkReach } from '#server/sync/judge.ts';
import { Push, type PushOutput } from '#server/sync/push.ts';
import { reviewsOfReplaced, type TakenEdit } from '#server/sync/replaced-edits.ts';
import type { Caller } from '#shared/api/ports.ts';
import type { ContactEdit } from '#shared/contact/contact-edit.schema.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { normaliseContact } from '#shared/contact/normalise.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import type { pullInput, pullOutput, pushInput } from '#shared/sync/wire.schema.ts';
import type { Numbering, Sabotage } from './numbering.ts';
import type { Cells, State, StoredDocument } from './state.ts';
import type { Database, Process, Transaction } from './transactions.ts';

export type Core = {
  database: Database;
  numbering: Numbering;
  sabotage: Sabotage | null;
  now(): number;
  /** Called at the commit of what a push wrote. */
  onTaken(documents: readonly Envelope[], caller: Caller): void;
  onConflict(ids: readonly string[], caller: Caller): void;
  notify(): void;
};

const bare = ({ xid: _, ...document }: StoredDocument): Envelope => structuredClone(document);

const placeOf = (core: Core) => (state: State) => ({
  epoch: state.epoch,
  epochFrom: state.epochFrom,
  version: core.numbering.version(state),
  prunedTo: state.prunedTo,
});

export async function pull(
  core: Core,
  process: Process,
  caller: Caller,
  input: z.infer<typeof pullInput>,
): Promise<z.infer<typeof pullOutput>> {
  const { database, numbering } = core;
  const feed = await database.read(process, placeOf(core));
  checkEpoch(feed, input.epoch, input.after);
  const found = await database.read(process, (state) =>
    [...state.documents.values()]
      .filter((document) => document.rev > input.after && document.rev <= feed.version && numbering.visible(document))
      .filter((document) => core.sabotage !== 'lost-tombstone' || !document.deleted)
      .sort((a, b) => a.rev - b.rev)
      .slice(0, input.limit + 1)
      .map(bare),
  );
  checkReach(await database.read(process, placeOf(core)), input.after, input.begun ?? 0);
  const more = found.length > input.limit;
  if (more) found.pop();
  return {
    epoch: feed.epoch,
    epochFrom: feed.epochFrom,
    newest: feed.version,
    version: more ? (found.at(-1)?.rev ?? feed.version) : feed.version,
    documents: found.filter((document) => maySee(caller.role, document)),
    more,
  };
}

const copies = (state: State, ids: readonly string[]): Map<string, Envelope> => {
  const found = new Map<string, Envelope>();
  for (const id of ids) {
    const document = state.documents.get(id);
    if (document) found.set(id, bare(document));
  }
  return found;
};

export async function push(
  core: Core,
  process: Process,
  caller: Caller,
  input: z.infer<typeof pushInput>,
): Promise<PushOutput> {
  const { database } = core;
  checkEpoch(await database.read(process, placeOf(core)), input.epoch, 0);
  const ids = input.rows.map(({ next }) => next.id);
  const judged = new Push(caller);
  judged.read(input.rows, await database.read(process, (state) => copies(state, ids)));
  // The mistake: one document that cannot be taken makes all of them fail.
  if (core.sabotage === 'push-throws' && judged.answer.refusals.length > 0) throw new Error('cannot take everything');
  if (judged.candidates.length > 0) {
    await database.transaction(process, (tx) => write(core, tx, caller, judged));
    core.notify();
  }
  core.onConflict(
    judged.answer.conflicts.map(({ id }) => id),
    caller,
  );
  return judged.answer;
}

async function write(core: Core, tx: Transaction, caller: Caller, push: Push): Promise<void> {
  const { candidates } = push;
  const edits = candidates.flatMap(({ edit }) => (edit ? [edit] : []));
  for (const id of [...new Set(edits.map(({ contactId }) => contactId))].sort((a, b) => a - b)) {
    await tx.lock(`contact:${id}`);
  }
  const contacts = await tx.read((state) => structuredClone(state.contacts));
  let version = await core.numbering.take(tx, candidates.length + 2 * edits.length);
  const ids = candidates.map(({ next }) => next.id);
  const masters = await tx.read((state) => copies(state, ids));
  // A device that has not heard of an erasure yet must not bring the values back in a review.
  const erased = await tx.read((state) => erasuresIn(state));
  const documents: Envelope[] = [];
  const taken: TakenEdit[] = [];
  const signed = { by: caller.userId, at: core.now() };
  for (const candidate of candidates) {
    const { next, edit } = candidate;
    // The mistake: whoever comes last wins, whatever they had seen.
    const blind = core.sabotage === 'last-writer' && !edit && masters.has(next.id);
    if (!blind && !push.mayWrite(candidate, masters)) continue;
    if (erased.has(erasureId(reviewedContact(next) ?? 0))) {
      push.refuse(next, { code: 'not_found', message: 'This contact was erased.', field: 'about' }, undefined);
      continue;
    }
    if (!edit) {
      documents.push({ ...next, ...signed, rev: version++ });
      continue;
    }
    const outcome = applyEdit(contacts, edit);
    if ('problem' in outcome) {
      push.refuse(next, outcome.problem, undefined);
      continue;
    }
    const change = { version: version++, entity: 'contact' as const, key: edit.contactId };
    const { contactId, field } = edit;
    tx.write((state) => {
      state.changes.push(change);
      const contact = state.contacts.get(contactId);
      if (contact) contact[field] = outcome.edit.to;
    });
    documents.push({ ...next, ...signed, body: outcome.edit, rev: version++ });
    taken.push({ id: next.id, edit: outcome.edit });
  }
  const reviews = await reviewsOfReplaced(lastEdits(tx), taken, { userId: caller.userId, now: core.now() });
  for (const review of reviews) documents.push({ ...review, by: null, at: core.now(), rev: version++ });
  tx.write((state) => {
    for (const document of documents) state.documents.set(document.id, { ...structuredClone(document), xid: tx.xid });
    core.onTaken(documents, caller);
  });
}

const erasuresIn = ({ documents }: State): Set<string> =>
  new Set([...documents.values()].flatMap(({ id, kind, deleted }) => (kind === 'erasure' && !deleted ? [id] : [])));

/** Answers the one statement that asks for the newest edit of a contact's field. */
function lastEdits(tx: Transaction): Parameters<typeof reviewsOfReplaced>[0] {
  return {
    async query<R extends object>(_text: string, values: unknown[] = []): Promise<R[]> {
      const [ids, contacts, fields] = values as [string[], string[], string[]];
      return tx.read((state) => {
        const edits = [...state.documents.values()]
          .filter(({ kind }) => kind === 'contact-edit')
          .sort((a, b) => b.rev - a.rev);
        return ids.flatMap((id, at) => {
          const last = edits.find(({ body }) => String(body.contactId) === contacts[at] && body.field === fields[at]);
          return last ? [{ id, by: last.by, to: last.body.to } as unknown as R] : [];
        });
      });
    },
  };
}

function applyEdit(contacts: Map<number, Cells>, edit: ContactEdit): { edit: ContactEdit } | { problem: Problem } {
  const contact = contacts.get(edit.contactId);
  if (!contact) {
    return { problem: { code: 'not_found', message: 'This contact no longer exists.', field: 'contactId' } };
  }
  const { field } = edit;
  if (isFieldId(field)) throw new Error('The simulation knows no additional fields.');
  const country = contact.country === null ? null : String(contact.country);
  const normalised = normaliseContact({ [field]: edit.to }, country);
  if (!normalised.ok) return { problem: { code: 'invalid_input', message: normalised.error.message, field } };
  const to = normalised.value[field] ?? null;
  const current = contact[field] === null || contact[field] === undefined ? null : String(contact[field]);
  const unseen = current !== edit.from && current !== to;
  contact[field] = to;
  return { edit: { ...edit, to, replaced: unseen ? current : undefined } };
}
