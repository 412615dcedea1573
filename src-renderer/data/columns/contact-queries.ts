/** Pages of contacts: search, rule and sort over the columns, with everything that can be kept between two questions kept. */

import type { ContactQuery, ContactRow, SortKey } from '#renderer/data/data-api.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { ColumnView } from '#shared/columns/view.ts';
import {
  type ContactField,
  type ContactMeasure,
  contactFields,
  contactMeasures,
} from '#shared/contact/contact-fields.ts';
import type { EventParameters } from '#shared/event/event-parameters.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import type { RuleContext } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import type { ColumnStore } from './column-store.ts';
import { ContactIndex, tableOf } from './contact-index.ts';
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
const contactTables: readonly TableName[] = ['contact', 'contactPersonal'];
const allTables: readonly TableName[] = ['contact', 'contactPersonal', 'order', 'delivery', 'event'];

const isMeasure = (key: SortKey): key is ContactMeasure => key in contactMeasures;

export class ContactQueries {
  readonly #store: ColumnStore;
  readonly #evaluate: EvaluateRule;
  readonly #around: Surroundings;
  readonly #kept: Stamped;
  #parameters: EventParameters = new Map();
  /** Grows with each change of the parameters: kept answers of rules hold for one. */
  #parametersNo = 0;

  constructor(store: ColumnStore, evaluate: EvaluateRule, around: Surroundings) {
    this.#store = store;
    this.#evaluate = evaluate;
    this.#around = around;
    this.#kept = new Stamped(store, KEPT_RESULTS);
  }

  /** Which parameters of events rules may ask for. */
  set parameters(parameters: EventParameters) {
    this.#parameters = parameters;
    this.#parametersNo++;
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
    const tables = rule ? allTables : isMeasure(sort.key) ? ([...contactTables, 'order'] as const) : contactTables;
    const minute = rule ? Math.floor(this.#around.now() / RULE_MS) : 0;
    const key = `find ${minute} ${this.#parametersNo} ${JSON.stringify([search, rule, sort])}`;
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
    return this.#evaluate(rule, this.#store, { zone, currency, now: now(), parameters: this.#parameters });
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

  *#ordered(key: SortKey, descending: boolean): Steps<Uint32Array> {
    const { ids } = this.index;
    yield;
    if (key === 'id') return descending ? ids.slice().reverse() : ids;
    const tables: TableName[] = isMeasure(key) ? [...contactTables, 'order'] : ['contact', tableOf(key)];
    const ranks = this.#ranks(key, tables);
    yield;
    return this.#kept.get(`order ${key} ${descending}`, tables, () => orderByRank(ids, ranks, descending));
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
