import type { Engine } from '#renderer/data/columns/engine.ts';
import type { ContactCard, ContactPage, ContactQuery, DataApi, SegmentAnswer } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { ContactField } from '#shared/contact/contact-fields.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { editContact } from './edit-contact.ts';
import { ruleTables } from './rule-tables.ts';
import type { Session } from './session.ts';
import { Askers, answerUnhurried } from './unhurried.ts';

type Answers = Pick<
  DataApi,
  | 'contactPage'
  | 'contactCard'
  | 'editContact'
  | 'distinct'
  | 'eventTypes'
  | 'segmentAnswer'
  | 'revenue'
  | 'campaignFigures'
  | 'campaignRecipients'
>;

const contactTables: readonly TableName[] = ['contact', 'contactPersonal', 'order'];

/** What the columns answer. Every question waits only for the tables it needs. */
export function contactAnswers(session: Session, platform: Platform): Answers {
  const askers = new Askers();
  const ready = async (tables: Iterable<TableName>) => {
    const account = await session.account();
    await account.columns.need([...tables]);
    return account;
  };
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
      const tables = new Set<TableName>(contactTables);
      if (query.rule) for (const table of ruleTables(query.rule)) tables.add(table);
      const { engine } = await ready(tables);
      return inSlices(engine, signal, () => engine.contactPage(query, offset, limit));
    },
    async contactCard(id: number): Promise<ContactCard | null> {
      const { engine, columns } = await ready([...contactTables, 'delivery']);
      const orders = engine.contactCard(id)?.orders ?? [];
      await columns.needLines(orders.map(({ rowId }) => rowId));
      const card = engine.contactCard(id);
      if (card) engine.addLines(card);
      return card;
    },
    async editContact(id: number, field: ContactField, to: string | null): Promise<void> {
      await editContact(await session.account(), { contactId: id, field, to }, platform);
    },
    async distinct(field, limit) {
      const { engine } = await ready(['contact', 'contactPersonal']);
      return engine.distinct(field, limit);
    },
    async eventTypes() {
      const { engine } = await ready(['event']);
      return engine.eventTypes();
    },
    async segmentAnswer(rule, sampleSize, asker): Promise<SegmentAnswer> {
      const signal = askers.begin(asker, JSON.stringify(rule));
      const { engine } = await ready([...ruleTables(rule), 'order']);
      const begun = performance.now();
      const answer = await inSlices(engine, signal, () => engine.segmentAnswer(rule, Math.min(sampleSize, 100)));
      return { ...answer, elapsedMs: performance.now() - begun };
    },
    async revenue(input) {
      const { engine } = await ready(['order']);
      return engine.revenue(input);
    },
    async campaignFigures(campaignId) {
      const { engine } = await ready(['delivery', 'order']);
      return engine.campaignFigures(campaignId);
    },
    async campaignRecipients(campaignId, filter, offset, limit) {
      const { engine } = await ready(['contact', 'contactPersonal', 'delivery']);
      return engine.campaignRecipients(campaignId, filter, offset, limit);
    },
  };
}
