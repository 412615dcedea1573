/** Computed fields as columns, kept for as long as what they are worked out from stays as it is. */
import { cellAt } from '#shared/columns/rows.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { Column } from '#shared/columns/view.ts';
import type { Computed } from '#shared/contact/computed.schema.ts';
import { type FieldId, type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import type { EventParameters } from '#shared/event/event-parameters.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { computedColumn } from '#shared/segment/evaluate-computed.ts';
import { computedPart } from '#shared/segment/evaluate-fields.ts';
import { resolveComputed } from '#shared/segment/resolve-computed.ts';
import type { ColumnStore } from './column-store.ts';
import { orderByRank, type Ranks, rankNumbers, rankTexts } from './sorting.ts';
import { Stamped } from './stamped.ts';

/** How long values of a moving window may be kept. */
const WINDOW_MS = 60_000;
const KEPT_COLUMNS = 32;

/** Tables that must be loaded before a computed field can be worked out. */
export function computedTables({ source }: Computed): TableName[] {
  return source.table === 'orderLine' ? ['order', 'orderLine'] : [source.table];
}

export type ComputedSurroundings = { zone: string; currency: string; now: () => number };

export class ComputedColumns {
  readonly #store: ColumnStore;
  readonly #around: ComputedSurroundings;
  readonly #kept: Stamped;
  #parameters: EventParameters = new Map();
  #fields: FieldSpecs = new Map();
  /** Grows with each change of the parameters or the fields: what is kept holds for one. */
  #shapeNo = 0;

  constructor(store: ColumnStore, around: ComputedSurroundings) {
    this.#store = store;
    this.#around = around;
    this.#kept = new Stamped(store, KEPT_COLUMNS);
  }

  set parameters(parameters: EventParameters) {
    this.#parameters = parameters;
    this.#shapeNo++;
  }

  set fields(fields: FieldSpecs) {
    this.#fields = fields;
    this.#shapeNo++;
  }

  /** What the field works out; null for one that is not computed, or not there. */
  definition(field: string): Computed | null {
    return (isFieldId(field) && this.#fields.get(field)?.computed) || null;
  }

  /** The computed fields, in their order. */
  get all(): FieldId[] {
    return [...this.#fields.values()].filter(({ computed }) => computed).map(({ id }) => id);
  }

  /** Names what is kept of a field: another name, another value. */
  #keyOf(computed: Computed): string {
    const minute = computed.days === null ? 0 : Math.floor(this.#around.now() / WINDOW_MS);
    const { zone, currency } = this.#around;
    return JSON.stringify([this.#shapeNo, minute, zone, currency, computed]);
  }

  #tables(computed: Computed): TableName[] {
    return ['contact', ...computedTables(computed)];
  }

  /** The value of each contact, by its id. */
  column(computed: Computed): Steps<Column> {
    return this.#kept.steps(`column ${this.#keyOf(computed)}`, this.#tables(computed), () => {
      const { zone, currency, now } = this.#around;
      const context = { zone, currency, now: now(), parameters: this.#parameters };
      return computedColumn(resolveComputed(computed, context), this.#store);
    });
  }

  /** These contacts in the order of their values. */
  *ordered(field: FieldId, computed: Computed, ids: Uint32Array, descending: boolean): Steps<Uint32Array> {
    const tables = this.#tables(computed);
    const key = this.#keyOf(computed);
    const column = yield* this.column(computed);
    const ranks = this.#kept.get(`ranks ${key}`, tables, (): Ranks => {
      const limit = this.#store.contactLimit;
      if (column.type === 'dict') return rankTexts([computedPart(field, column)], field, limit);
      const values = new Float64Array(limit);
      for (let id = 0; id < limit; id++) values[id] = column.data[id] ?? Number.NaN;
      return rankNumbers(values, ids);
    });
    yield;
    return this.#kept.get(`order ${key} ${descending}`, tables, () => orderByRank(ids, ranks, descending));
  }

  /** Reads the values of single contacts in some fields; fields that are not computed are left out. */
  *reader(fields: readonly FieldId[]): Steps<(id: number) => Record<FieldId, string | number>> {
    const columns: [FieldId, Column][] = [];
    for (const field of fields) {
      const computed = this.definition(field);
      if (computed) columns.push([field, yield* this.column(computed)]);
    }
    return (id) => {
      const cells: Record<FieldId, string | number> = {};
      for (const [field, column] of columns) {
        const cell = cellAt(column, id);
        if (cell !== null) cells[field] = cell;
      }
      return cells;
    };
  }
}
