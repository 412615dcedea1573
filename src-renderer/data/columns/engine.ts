/**
 * The column engine: every question the app asks about contacts, orders and deliveries, answered from typed arrays.
 * Pure: it reads no clock and stores nothing; the worker gives it chunks, tails and edits.
 */
import type {
  AsOf,
  CampaignFigures,
  ComputedPreview,
  ContactCard,
  ContactPage,
  ContactQuery,
  Distinct,
  EventFigures,
  EventVolume,
  ListCounts,
  LocalEvent,
  RecipientFilter,
  RecipientPage,
  RevenueSeries,
  SegmentAnswer,
} from '#renderer/data/data-api.ts';
import { cellAt } from '#shared/columns/rows.ts';
import type { TableName } from '#shared/columns/tables.ts';
import { MAX_CHOSEN } from '#shared/contact/bulk.schema.ts';
import type { Computed } from '#shared/contact/computed.schema.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { contactName } from '#shared/contact/contact-name.ts';
import { type FieldId, type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { isTextType } from '#shared/contact/field-value.ts';
import type { EventParameters } from '#shared/event/event-parameters.ts';
import { finish, type Steps } from '#shared/kernel/steps.ts';
import type { Period } from '#shared/kernel/time.ts';
import { computedPart } from '#shared/segment/evaluate-fields.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { campaignFigures } from './campaign-figures.ts';
import { ColumnStore } from './column-store.ts';
import { addLines, deliveriesOf, type EventRow, eventsOf, newestEventsOf, ordersOf } from './contact-card.ts';
import { fieldTableOf, tableOf } from './contact-index.ts';
import { ContactQueries, type EvaluateRule, type Surroundings } from './contact-queries.ts';
import { recipientsOf } from './deliveries.ts';
import { distinctValues, eachChosen } from './distinct.ts';
import { figuresByType, newestEvents, volumeOf } from './event-figures.ts';
import { listCounts, membershipsOf } from './memberships.ts';
import { revenueSeries } from './revenue.ts';
import { Stamped } from './stamped.ts';

/** Most rows of one page: a page is what fits a few screens. */
const MOST_ROWS = 1_000;

export class Engine {
  readonly store = new ColumnStore();
  asOf: AsOf = { generation: 0, version: 0, at: null, eventsFrom: null };
  readonly #around: Surroundings;
  readonly #queries: ContactQueries;
  readonly #kept = new Stamped(this.store, 24);

  constructor(evaluate: EvaluateRule, around: Surroundings) {
    this.#around = around;
    this.#queries = new ContactQueries(this.store, evaluate, around);
  }

  /** Which parameters of events rules may ask for (see the event types' switches). */
  set parameters(parameters: EventParameters) {
    this.#queries.parameters = parameters;
  }

  /** The workspace's additional fields. */
  set fields(fields: FieldSpecs) {
    this.store.fields = fields;
    this.#queries.fields = fields;
  }

  get fields(): FieldSpecs {
    return this.store.fields;
  }

  get contactCount(): number {
    return this.#queries.index.ids.length;
  }

  /** The tables must stay as they are until the end: who pauses looks at `store.changes`. */
  *contactPage(query: ContactQuery, offset: number, limit: number): Steps<ContactPage> {
    const found = yield* this.#queries.find(query);
    const start = Math.max(0, Math.min(offset, found.length));
    const ids = found.subarray(start, start + Math.max(0, Math.min(limit, MOST_ROWS)));
    const rows = yield* this.#queries.rowsWith(ids, query.show ?? []);
    return { rows, total: found.length, offset: start, asOf: this.asOf };
  }

  *contactIds(query: ContactQuery, offset: number, limit: number): Steps<number[]> {
    const found = yield* this.#queries.find(query);
    return Array.from(found.subarray(Math.max(0, offset), Math.max(0, offset) + Math.min(limit, MAX_CHOSEN)));
  }

  /** Orders come without their lines: see addLines. */
  contactCard(id: number): ContactCard | null {
    const row = this.#queries.row(id);
    if (!row) return null;
    return {
      row,
      pending: this.store.pendingFields(id),
      orders: ordersOf(this.store.parts('order'), id),
      deliveries: deliveriesOf(this.store.parts('delivery'), id),
      memberships: membershipsOf(this.store.parts('membership'), id),
    };
  }

  /** Which of the rules a contact matches; the tables they look at have to be here. */
  matches(id: number, rules: readonly Rule[]): boolean[] {
    return this.#queries.matches(id, rules);
  }

  listCounts(): ListCounts {
    return this.#kept.get('list counts', ['membership', 'contact'], () =>
      listCounts(this.store.parts('membership'), (id) => this.hasContact(id)),
    );
  }

  addLines(card: ContactCard): void {
    addLines(this.store.parts('orderLine'), card.orders);
  }

  eventsOf(id: number): EventRow[] {
    return eventsOf(this.store.parts('event'), id);
  }

  /** Without the chunks of events: what the server told of the newest ones, brought up to date. */
  newestEventsOf(id: number, told: readonly EventRow[]): EventRow[] {
    return newestEventsOf(told, this.store.eventTail, id);
  }

  fieldOf(id: number, field: AnyField): string | number | null {
    if (isFieldId(field)) return this.#queries.index.fieldCells(id)[field] ?? null;
    return this.#queries.index.cells(id)?.[field] ?? null;
  }

  /** Cells of all fields of a contact, fixed and additional; null or missing where empty. */
  fieldsOf(id: number): Partial<Record<AnyField, string | number | null>> {
    const { index } = this.#queries;
    return { ...index.cells(id), ...index.fieldCells(id) };
  }

  hasContact(id: number): boolean {
    return this.#queries.index.has(id);
  }

  distinct(field: AnyField, limit: number): Distinct {
    if (isFieldId(field)) return this.#distinctOfField(field, limit);
    const table: TableName = tableOf(field);
    if (contactFields[field].type === 'instant') return [];
    const all = this.#kept.get(`distinct ${field}`, [table], () =>
      distinctValues(this.store.parts(table), field, Number.POSITIVE_INFINITY),
    );
    return all.slice(0, Math.max(0, limit));
  }

  /** How many have each value; of a multiple choice, each of the values chosen. */
  #distinctOfField(field: FieldId, limit: number): Distinct {
    const spec = this.fields.get(field);
    if (!spec || !isTextType(spec.type)) return [];
    if (spec.computed) {
      const column = finish(this.#queries.computed.column(spec.computed));
      return distinctValues([computedPart(field, column)], field, Math.max(0, limit));
    }
    const table = fieldTableOf(spec);
    const all = this.#kept.get(`distinct ${field}`, [table], () => {
      const parts = this.store.parts(table).filter(({ columns }) => columns[field]?.type === 'dict');
      return eachChosen(distinctValues(parts, field, Number.POSITIVE_INFINITY));
    });
    return all.slice(0, Math.max(0, limit));
  }

  eventTypes(): Distinct {
    return this.#kept.get('event types', ['event'], () => distinctValues(this.store.parts('event'), 'type', 1_000));
  }

  /** `days` end with today. */
  eventFigures(days: readonly Period[]): EventFigures {
    const key = `event figures ${days.at(-1)?.period ?? ''}`;
    const types = this.#kept.get(key, ['event'], () => figuresByType(this.store.parts('event'), days));
    return { days: days.map(({ period, from }) => ({ period, from })), types, asOf: this.asOf };
  }

  eventVolume(input: { type: string; by: 'day' | 'month'; from: number | null; to: number | null }): EventVolume {
    const { zone } = this.#around;
    const volume = this.#kept.get(`event volume ${JSON.stringify([input, zone])}`, ['event'], () =>
      volumeOf(this.store.parts('event'), { ...input, zone }),
    );
    return { ...volume, asOf: this.asOf };
  }

  newestEvents(type: string | null, limit: number): LocalEvent[] {
    return newestEvents(this.store.parts('event'), Math.min(limit, MOST_ROWS), type).map((event) => {
      const row = event.contactId === 0 ? null : this.#queries.row(event.contactId);
      return { ...event, name: row && contactName(row) };
    });
  }

  /** What the computed fields say of a contact. */
  *computedOf(id: number): Steps<Record<FieldId, string | number>> {
    const read = yield* this.#queries.computed.reader(this.#queries.computed.all);
    return read(id);
  }

  /** What a definition would say: of how many contacts, and of the first few of them. */
  *computedPreview(computed: Computed, sampleSize: number): Steps<ComputedPreview> {
    const column = yield* this.#queries.computed.column(computed);
    const { ids } = this.#queries.index;
    const shown: { id: number; cell: string | number }[] = [];
    let count = 0;
    for (const id of ids) {
      const cell = cellAt(column, id);
      if (cell === null || cell === 0) continue;
      if (count++ < sampleSize) shown.push({ id, cell });
    }
    const sample = shown.flatMap(({ id, cell }) => {
      const row = this.#queries.row(id);
      return row ? [{ id, name: contactName(row), cell }] : [];
    });
    return { count, total: ids.length, sample, asOf: this.asOf };
  }

  /** As contactPage. */
  *segmentAnswer(rule: Rule, sampleSize: number): Steps<Omit<SegmentAnswer, 'elapsedMs'>> {
    const members = yield* this.#queries.members(rule);
    const { ids } = this.#queries.index;
    const sample: number[] = [];
    let count = 0;
    for (const id of ids) {
      if (members[id] !== 1) continue;
      if (count++ < sampleSize) sample.push(id);
    }
    return { count, total: ids.length, sample: this.#queries.rows(Uint32Array.from(sample)), asOf: this.asOf };
  }

  revenue(input: { by: 'day' | 'month'; from: number | null; to: number | null }): RevenueSeries {
    const { zone, currency } = this.#around;
    const series = this.#kept.get(`revenue ${JSON.stringify([input, zone, currency])}`, ['order'], () =>
      revenueSeries(this.store.parts('order'), { ...input, zone, currency }),
    );
    return { ...series, asOf: this.asOf };
  }

  campaignFigures(campaignId: string): CampaignFigures {
    const { currency } = this.#around;
    const figures = this.#kept.get(`campaign ${campaignId} ${currency}`, ['delivery', 'order'], () =>
      campaignFigures(this.store.parts('delivery'), this.store.parts('order'), campaignId, currency),
    );
    return { ...figures, asOf: this.asOf };
  }

  campaignRecipients(campaignId: string, filter: RecipientFilter, offset: number, limit: number): RecipientPage {
    const found = this.#kept.get(`recipients ${campaignId} ${filter}`, ['delivery'], () =>
      recipientsOf(this.store.parts('delivery'), campaignId, filter),
    );
    const start = Math.max(0, Math.min(offset, found.length));
    const rows = found.slice(start, start + Math.max(0, Math.min(limit, MOST_ROWS))).map((delivery) => {
      const cells = this.#queries.index.cells(delivery.contactId);
      const email = typeof cells?.email === 'string' ? cells.email : null;
      const name = [cells?.firstName, cells?.lastName].filter((part) => part).join(' ');
      const { rowId, contactId, state, reason, sentAt, openedAt, clickedAt } = delivery;
      return {
        rowId,
        contactId,
        name: name || email || `Contact ${contactId}`,
        email,
        state,
        reason,
        sentAt,
        openedAt,
        clickedAt,
      };
    });
    return { rows, total: found.length, offset: start, asOf: this.asOf };
  }
}
