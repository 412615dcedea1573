/** Pages of contacts: search, rule and sort over the columns, with everything that can be kept between two questions kept. */

import type { ContactQuery, ContactRow, SortKey } from '#renderer/data/data-api.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { ColumnView } from '#shared/columns/view.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import {
  type ContactField,
  type ContactMeasure,
  contactFields,
  contactMeasures,
} from '#shared/contact/contact-fields.ts';
import { type FieldId, type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { isTextType } from '#shared/contact/field-value.ts';
import type { EventParameters } from '#shared/event/event-parameters.ts';
import { finish, type Steps } from '#shared/kernel/steps.ts';
import type { RuleContext } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import type { ColumnStore } from './column-store.ts';
import { ComputedColumns } from './computed-columns.ts';
import { ContactIndex, contactTables, fieldTableOf, tableOf } from './contact-index.ts';
import { oneContactView, SELF } from './one-contact.ts';
import { type OrderFigures, orderFigures } from './order-figures.ts';
import { searchContacts } from './search.ts';
import { orderByRank, type Ranks, rankNumbers, rankTexts, spreadNumbers } from './sorting.ts';
import { Stamped } from './stamped.ts';

/** flags[contactId] = 1 for each member. */
export type EvaluateRule = (rule: Rule, view: ColumnView, context: RuleContext) => Steps<Uint8Array>;
export type Surroundings = { zone: string; currency: string; now: () => number };

/** How long the members of a rule that looks at the clock may be kept. */
const RULE_MS = 60_000;
const KEPT_RESULTS = 12;
/** Tables a rule may look at. */
const ruledTables: readonly TableName[] = [...contactTables, 'order', 'orderLine', 'delivery', 'event', 'membership'];

const isMeasure = (key: SortKey): key is ContactMeasure => key in contactMeasures;

export class ContactQueries {
  readonly #store: ColumnStore;
  readonly #evaluate: EvaluateRule;
  readonly #around: Surroundings;
  readonly #kept: Stamped;
  /** Fields worked out from events and orders. */
  readonly computed: ComputedColumns;
  #parameters: EventParameters = new Map();
  #fields: FieldSpecs = new Map();
  /** Grows with each change of the parameters or the fields: kept answers of rules hold for one. */
  #shapeNo = 0;

  constructor(store: ColumnStore, evaluate: EvaluateRule, around: Surroundings) {
    this.#store = store;
    this.#evaluate = evaluate;
    this.#around = around;
    this.#kept = new Stamped(store, KEPT_RESULTS);
    this.computed = new ComputedColumns(store, around);
  }

  /** Which parameters of events rules may ask for. */
  set parameters(parameters: EventParameters) {
    this.#parameters = parameters;
    this.computed.parameters = parameters;
    this.#shapeNo++;
  }

  /** The workspace's additional fields. */
  set fields(fields: FieldSpecs) {
    this.#fields = fields;
    this.computed.fields = fields;
    this.#shapeNo++;
  }

  get index(): ContactIndex {
    return this.#kept.get('index', contactTables, () => new ContactIndex(this.#store));
  }

  get figures(): OrderFigures {
    const { currency } = this.#around;
    return this.#kept.get(`figures ${currency}`, ['contact', 'order'], () =>
      orderFigures(this.#store.parts('order'), this.#store.contactLimit, currency),
    );
  }

  /** Ids of everybody the query finds, in its order. */
  find(query: ContactQuery): Steps<Uint32Array> {
    const { search, rule, sort } = query;
    const computed = this.computed.definition(sort.key);
    const tables =
      rule || computed ? ruledTables : isMeasure(sort.key) ? ([...contactTables, 'order'] as const) : contactTables;
    const minute = rule || computed ? Math.floor(this.#around.now() / RULE_MS) : 0;
    const key = `find ${minute} ${this.#shapeNo} ${JSON.stringify([search, rule, sort])}`;
    return this.#kept.steps(key, tables, () => this.#look(query));
  }

  *#look({ search, rule, sort }: ContactQuery): Steps<Uint32Array> {
    const ordered = yield* this.#ordered(sort.key, sort.descending);
    const found = yield* searchContacts(this.#store.parts('contactPersonal'), this.index.limit, search);
    const members = rule ? yield* this.members(rule) : null;
    if (!found && !members) return ordered;
    const kept = new Uint32Array(ordered.length);
    let count = 0;
    for (const id of ordered) {
      if (found && found[id] !== 1) continue;
      if (members && members[id] !== 1) continue;
      kept[count++] = id;
    }
    return kept.subarray(0, count);
  }

  members(rule: Rule): Steps<Uint8Array> {
    const { zone, currency, now } = this.#around;
    const context = { zone, currency, now: now(), parameters: this.#parameters, fields: this.#fields };
    return this.#evaluate(rule, this.#store, context);
  }

  /** Which of the rules one contact matches. */
  matches(id: number, rules: readonly Rule[]): boolean[] {
    const { zone, currency, now } = this.#around;
    const context = { zone, currency, now: now(), parameters: this.#parameters, fields: this.#fields };
    const view = oneContactView(this.#store, id);
    return rules.map((rule) => finish(this.#evaluate(rule, view, context))[SELF] === 1);
  }

  row(id: number): ContactRow | null {
    const cells = this.index.cells(id);
    if (!cells) return null;
    const { orderCount, revenue, lastOrderAt } = this.figures;
    const last = lastOrderAt[id] ?? Number.NaN;
    return {
      ...cells,
      id,
      orderCount: orderCount[id] ?? 0,
      revenue: revenue[id] ?? 0,
      lastOrderAt: Number.isNaN(last) ? null : last,
      fields: this.index.fieldCells(id),
    };
  }

  rows(ids: Uint32Array): ContactRow[] {
    const rows: ContactRow[] = [];
    for (const id of ids) {
      const row = this.row(id);
      if (row) rows.push(row);
    }
    return rows;
  }

  /** With the values of some computed fields. */
  *rowsWith(ids: Uint32Array, fields: readonly FieldId[]): Steps<ContactRow[]> {
    const read = yield* this.computed.reader(fields);
    return this.rows(ids).map((row) => ({ ...row, fields: { ...row.fields, ...read(row.id) } }));
  }

  *#ordered(key: SortKey, descending: boolean): Steps<Uint32Array> {
    const { ids } = this.index;
    yield;
    if (key === 'id') return descending ? ids.slice().reverse() : ids;
    const computed = this.computed.definition(key);
    if (computed && isFieldId(key)) return yield* this.computed.ordered(key, computed, ids, descending);
    const tables = this.#tablesOf(key);
    const ranks = isFieldId(key) ? this.#fieldRanks(key, tables) : this.#ranks(key, tables);
    yield;
    return this.#kept.get(`order ${this.#shapeNo} ${key} ${descending}`, tables, () =>
      orderByRank(ids, ranks, descending),
    );
  }

  #tablesOf(key: AnyField | ContactMeasure): TableName[] {
    if (isMeasure(key)) return [...contactTables, 'order'];
    if (!isFieldId(key)) return ['contact', tableOf(key)];
    const spec = this.#fields.get(key);
    return spec ? ['contact', fieldTableOf(spec)] : ['contact'];
  }

  /** A field that is not there (any more) is empty for everybody, as it is in a part without its column. */
  #fieldRanks(key: FieldId, tables: readonly TableName[]): Ranks {
    return this.#kept.get(`ranks ${this.#shapeNo} ${key}`, tables, () => {
      const { ids, limit } = this.index;
      const spec = this.#fields.get(key);
      const isText = spec !== undefined && isTextType(spec.type);
      const kind = isText ? 'dict' : 'number';
      const all = spec ? this.#store.parts(fieldTableOf(spec)) : [];
      const parts = all.filter(({ columns }) => columns[key]?.type === kind);
      return isText ? rankTexts(parts, key, limit) : rankNumbers(spreadNumbers(parts, key, limit), ids);
    });
  }

  #ranks(key: ContactField | ContactMeasure, tables: readonly TableName[]): Ranks {
    return this.#kept.get(`ranks ${key}`, tables, () => {
      const { ids, limit } = this.index;
      if (isMeasure(key)) return rankNumbers(toFloats(this.figures[key]), ids);
      const parts = this.#store.parts(tableOf(key));
      return contactFields[key].type === 'instant'
        ? rankNumbers(spreadNumbers(parts, key, limit), ids)
        : rankTexts(parts, key, limit);
    });
  }
}

function toFloats(values: Uint32Array | Float64Array): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values);
}
