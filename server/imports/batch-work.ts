/**
 * What an import does with a batch of people besides storing their values: what the file says about mail, subscriptions,
 * lists, an event, and the note of what was done, all in the transaction that writes them.
 */
import type { ContactWrite, WrittenContacts } from '#server/identity/write-contacts.ts';
import { insertEvents } from '#server/intake/insert-events.ts';
import { raise as raiseSystem, readKept } from '#server/intake/system-events.ts';
import { lockMembers, putMemberships } from '#server/lists/memberships.ts';
import type { Tx } from '#server/storage/database.ts';
import { lockAddresses, sayOfAddresses } from '#server/subscriptions/addresses.ts';
import type { Word } from '#server/subscriptions/consent-ledger.ts';
import { leave, subscribe } from '#server/subscriptions/subscriptions.ts';
import type { ImportOptions } from '#shared/api/import.schema.ts';
import { type FileAct, fileActs } from '#shared/import/consent-words.ts';
import { type SaidConsent, strictest } from '#shared/import/read-consent-cell.ts';
import { fold } from '#shared/kernel/fold.ts';
import { changesOf } from './import-changes.ts';
import type { BatchWork, StagedPerson } from './import-contacts-stage.ts';
import type { ImportCounts, ImportSession } from './import-run.ts';
import type { PersonExtra } from './person.ts';
import { matchOnOf } from './person-key.ts';

/** What the file and its sender say about mail to a person. */
export function saidOf(extra: PersonExtra | null, options: Pick<ImportOptions, 'consent'>): SaidConsent | null {
  const words = extra?.said ? [extra.said] : [];
  if (options.consent) words.push({ act: options.consent.act, at: options.consent.at });
  return strictest(words);
}

/** Several people of a file may turn out to be one contact. */
type Meant = { person: StagedPerson; id: number };

const IMPORTED = 'muster.imported';

export function createBatchWork(
  session: ImportSession,
  options: ImportOptions,
  counts: ImportCounts,
  lists: readonly string[],
): BatchWork {
  const { request, now } = session;
  const word: Word = {
    source: 'import',
    at: now,
    evidence: options.consent?.act === 'granted' ? options.consent.evidence : null,
    by: request.by ?? null,
  };
  const matchOn = matchOnOf(options.dedupe);
  const mayRaise = (word.evidence ?? '').trim() !== '';
  const wantedOf = (person: StagedPerson) => {
    const said = saidOf(person.extra, options);
    return said && (said.act !== 'granted' || mayRaise) ? said : null;
  };

  /** Answers how many addresses get no mail by it that did before. */
  async function sayAll(tx: Tx, meant: readonly Meant[]): Promise<number> {
    let lowered = 0;
    const byAct = new Map<FileAct, Map<string, number>>();
    for (const { person } of meant) {
      const said = wantedOf(person);
      const email = person.write.values.email;
      if (!said || !email) continue;
      const times = byAct.get(said.act) ?? new Map<string, number>();
      times.set(fold(email), said.at ?? now);
      byAct.set(said.act, times);
    }
    for (const act of fileActs) {
      const times = byAct.get(act);
      if (!times) continue;
      const refused = await sayOfAddresses(tx, [...times.keys()], act, word, times);
      if (act !== 'granted') lowered += times.size - refused.size;
    }
    return lowered;
  }

  async function subscribeAll(tx: Tx, meant: readonly Meant[]): Promise<void> {
    const joining = new Map<string, Set<number>>();
    const leaving = new Map<string, Set<number>>();
    const note = (where: Map<string, Set<number>>, category: string, id: number) => {
      const ids = where.get(category) ?? new Set();
      where.set(category, ids.add(id));
    };
    for (const { person, id } of meant) {
      const said = person.extra?.categories ?? {};
      for (const [category, yes] of Object.entries(said)) note(yes ? joining : leaving, category, id);
      for (const category of options.categories) if (said[category] === undefined) note(joining, category, id);
    }
    for (const [category, ids] of leaving) await leave(tx, [...ids], [category], word);
    for (const [category, ids] of joining) {
      const { refused } = await subscribe(tx, [...ids], [category], { ...word, at: options.consent?.at ?? now });
      if (refused.length > 0)
        session.notices.add('subscriptions were not taken: nothing shows that they asked', refused.length);
    }
  }

  async function joinLists(tx: Tx, ids: readonly number[]): Promise<{ contactId: number; listId: string }[]> {
    if (lists.length === 0) return [];
    const members = await lockMembers(tx, ids);
    const rows = members.flatMap((contactId) =>
      lists.map((listId) => ({ contactId, listId, state: 'member' as const })),
    );
    return putMemberships(tx, rows, { at: now, source: 'Import' });
  }

  async function raise(tx: Tx, ids: readonly number[]): Promise<number> {
    const type = options.event;
    const params = { file: request.fileName ?? '' };
    if ((await readKept(tx, [IMPORTED])).has(IMPORTED)) {
      const raised = ids.map((contactId) => ({ contactId, params }));
      await raiseSystem(tx, IMPORTED, raised, now);
    }
    if (type === null) return 0;
    await insertEvents(
      tx,
      ids.map((owner) => ({ owner, type, at: now, keyValue: null, params, source: 'Import' })),
    );
    return ids.length;
  }

  function add(written: WrittenContacts, rest: Pick<ImportCounts, 'unsubscribed' | 'listed' | 'events'>): ImportCounts {
    const next = { ...counts };
    for (const outcome of written.outcomes.values()) next[outcome] += 1;
    next.contacts += written.outcomes.size;
    next.erased += written.refused.length;
    next.unsubscribed += rest.unsubscribed;
    next.listed += rest.listed;
    next.events += rest.events;
    return next;
  }

  return {
    from: request.journal?.doneTo ?? 0,
    shape(write, extra): ContactWrite {
      return {
        ...write,
        ...(extra?.fields ? { fields: extra.fields } : {}),
        ...(extra?.further ? { identifiers: extra.further } : {}),
        ...(matchOn ? { matchOn } : {}),
        ...(options.existing === 'fill' ? { onlyFill: true } : {}),
      };
    },
    async before(tx, people) {
      if (request.dry) return;
      const emails = people.flatMap((person) => (wantedOf(person) ? (person.write.values.email ?? []) : []));
      if (emails.length > 0) await lockAddresses(tx, emails);
    },
    async after(tx, { people, written, upTo }) {
      const meant = people.flatMap((person, at) => {
        const id = written.ids[at] ?? 0;
        return id === 0 ? [] : [{ person, id }];
      });
      const nobody = people.length - meant.length - written.refused.length;
      if (nobody > 0)
        session.notices.add('people were left out: no contact is known by it, and nothing makes a new one', nobody);
      const ids = [...new Set(meant.map(({ id }) => id))];
      if (request.dry) {
        const acts = meant.map(({ person }) => wantedOf(person)?.act);
        const unsubscribed = acts.filter((act) => act !== undefined && act !== 'granted').length;
        const events = options.event === null ? 0 : ids.length;
        Object.assign(
          counts,
          add(written, {
            unsubscribed,
            listed: lists.length + Number(options.newList !== null) > 0 ? ids.length : 0,
            events,
          }),
        );
        return;
      }
      const unsubscribed = await sayAll(tx, meant);
      await subscribeAll(tx, meant);
      const joined = await joinLists(tx, ids);
      const events = await raise(tx, ids);
      const listed = new Set(joined.map(({ contactId }) => contactId)).size;
      const next = add(written, { unsubscribed, listed, events });
      await request.journal?.note(tx, {
        upTo,
        counts: next,
        created: written.created.map(({ id }) => id),
        changes: changesOf(written, joined),
      });
      Object.assign(counts, next);
    },
  };
}
