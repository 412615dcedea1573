import { computedTables } from '#renderer/data/columns/computed-columns.ts';
import { contactTables } from '#renderer/data/columns/contact-index.ts';
import type { Engine } from '#renderer/data/columns/engine.ts';
import type {
  ContactCard,
  ContactEvents,
  ContactPage,
  ContactQuery,
  DataApi,
  SegmentAnswer,
} from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { contactEvents } from './contact-events.ts';
import { contactSegments } from './contact-segments.ts';
import { editContact } from './edit-contact.ts';
import type { OpenAccount } from './open-account.ts';
import { needCountable } from './personal-rule.ts';
import { fieldTables, queryTables, ruleTables } from './rule-tables.ts';
import type { Session } from './session.ts';
import { Askers, answerUnhurried } from './unhurried.ts';

type Answers = Pick<
  DataApi,
  | 'contactPage'
  | 'contactIds'
  | 'contactCard'
  | 'contactSegments'
  | 'computedOf'
  | 'computedPreview'
  | 'contactEvents'
  | 'editContact'
  | 'editContacts'
  | 'distinct'
  | 'eventTypes'
  | 'listCounts'
  | 'segmentAnswer'
  | 'revenue'
  | 'campaignFigures'
  | 'campaignRecipients'
>;

/** What the columns answer. Every question waits only for the tables it needs. */
export function contactAnswers(session: Session, platform: Platform): Answers {
  const askers = new Askers();
  type Tables = Iterable<TableName>;
  const ask = <T>(
    tables: Tables | ((fields: FieldSpecs) => Tables),
    question: (account: OpenAccount) => T | Promise<T>,
  ): Promise<T> =>
    session.ask(async (account) => {
      await account.columns.need([...(typeof tables === 'function' ? tables(account.engine.fields) : tables)]);
      return question(account);
    });
  const inSlices = <T>(engine: Engine, signal: AbortSignal, make: () => Steps<T>): Promise<T> =>
    answerUnhurried({
      make,
      changes: () => engine.store.changes,
      signal,
      isOpen: () => session.open?.engine === engine,
    });
  return {
    async contactPage(query: ContactQuery, offset: number, limit: number, asker?: string): Promise<ContactPage> {
      const signal = askers.begin(asker, JSON.stringify(query));
      return ask(
        (fields) => queryTables(query, fields),
        (account) => {
          needCountable(query.rule, account);
          const { engine } = account;
          return inSlices(engine, signal, () => engine.contactPage(query, offset, limit));
        },
      );
    },
    contactIds(query, offset, limit) {
      const { signal } = new AbortController();
      return ask(
        (fields) => queryTables(query, fields),
        ({ engine }) => inSlices(engine, signal, () => engine.contactIds(query, offset, limit)),
      );
    },
    contactCard: (id: number): Promise<ContactCard | null> =>
      ask([...contactTables, 'order', 'delivery', 'membership'], async ({ engine, columns }) => {
        const orders = engine.contactCard(id)?.orders ?? [];
        await columns.needLines(orders.map(({ rowId }) => rowId));
        const card = engine.contactCard(id);
        if (card) engine.addLines(card);
        return card;
      }),
    contactSegments: (id, all) => ask([...contactTables], (account) => contactSegments(account, id, all)),
    computedOf: (id) =>
      ask(
        (fields) => fieldTables([...fields.keys()], fields),
        ({ engine }) => inSlices(engine, new AbortController().signal, () => engine.computedOf(id)),
      ),
    computedPreview(computed, sampleSize, asker) {
      const signal = askers.begin(asker, JSON.stringify(computed));
      return ask([...contactTables, 'order', ...computedTables(computed)], ({ engine }) =>
        inSlices(engine, signal, () => engine.computedPreview(computed, Math.min(sampleSize, 100))),
      );
    },
    contactEvents: (id: number, all: boolean): Promise<ContactEvents> =>
      ask(['contact'], (account) => contactEvents(account, id, all)),
    editContact: (id: number, field: AnyField, to: string | null): Promise<void> =>
      session.ask(async (account) => {
        await editContact(account, { contactId: id, field, to }, platform);
      }),
    editContacts: (ids, field, to) =>
      session.ask(async (account) => {
        const changed: { id: number; before: string | null }[] = [];
        for (const id of ids) {
          const before = await editContact(account, { contactId: id, field, to }, platform);
          if (before !== undefined) changed.push({ id, before });
        }
        return changed;
      }),
    distinct: (field, limit) =>
      ask(
        (fields) => [...contactTables, ...fieldTables([field], fields)],
        ({ engine }) => engine.distinct(field, limit),
      ),
    eventTypes: () => ask(['event'], ({ engine }) => engine.eventTypes()),
    listCounts: () => ask(['contact', 'membership'], ({ engine }) => engine.listCounts()),
    async segmentAnswer(rule, sampleSize, asker): Promise<SegmentAnswer> {
      const signal = askers.begin(asker, JSON.stringify(rule));
      return ask(
        (fields) => [...ruleTables(rule, fields), 'order'],
        async (account) => {
          needCountable(rule, account);
          const { engine } = account;
          const begun = performance.now();
          const answer = await inSlices(engine, signal, () => engine.segmentAnswer(rule, Math.min(sampleSize, 100)));
          return { ...answer, elapsedMs: performance.now() - begun };
        },
      );
    },
    revenue: (input) => ask(['order'], ({ engine }) => engine.revenue(input)),
    campaignFigures: (campaignId) => ask(['delivery', 'order'], ({ engine }) => engine.campaignFigures(campaignId)),
    campaignRecipients: (campaignId, filter, offset, limit) =>
      ask(['contact', 'contactPersonal', 'delivery'], ({ engine }) =>
        engine.campaignRecipients(campaignId, filter, offset, limit),
      ),
  };
}
