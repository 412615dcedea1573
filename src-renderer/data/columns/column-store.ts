/**
 * The engine's tables: chunks of one generation, the tail that came after them, and one's own unsent contact edits on top.
 * What a reader sees is a list of parts (see ColumnView); a row replaced by something newer is masked, never copied.
 * Parts are made when somebody asks and kept until their table changes; `stamp(table)` tells whether it did.
 */

import { cellAt, maskPart, partFromRows } from '#shared/columns/rows.ts';
import {
  type Cell,
  type Entity,
  entities,
  type TableName,
  type TableSpec,
  type TailRow,
  tableNames,
  tables,
} from '#shared/columns/tables.ts';
import type { ColumnView, TablePart } from '#shared/columns/view.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import type { TailOutput } from '#shared/sync/wire.schema.ts';

export type Base = ReadonlyMap<TableName, readonly TablePart[]>;
/** Cells by contact and field. */
export type ContactEdits = ReadonlyMap<number, ReadonlyMap<AnyField, Cell>>;

const specOf = (table: TableName): TableSpec => tables[table];
/** Tables whose rows a change of the entity replaces. */
export const tablesOf = (entity: Entity): TableName[] => tableNames.filter((table) => specOf(table).entity === entity);

export class ColumnStore implements ColumnView {
  #base = new Map<TableName, readonly TablePart[]>();
  /** Keys that the tail replaces, per entity. */
  #changed = new Map<Entity, Set<number>>();
  /** The tail's rows by table and by the key that changes name. */
  #rows = new Map<TableName, Map<number, TailRow[]>>();
  #edits: ContactEdits = new Map();
  /** The workspace's additional fields: they say into which table an edit belongs. */
  #fields: FieldSpecs = new Map();
  #stamps = new Map<TableName, number>();
  #parts = new Map<TableName, readonly TablePart[]>();
  #limit: number | null = null;

  /** Grows with every change of any table. */
  changes = 0;

  /** Grows whenever the table's visible rows may have changed. */
  stamp(table: TableName): number {
    return this.#stamps.get(table) ?? 0;
  }

  get contactLimit(): number {
    if (this.#limit === null) {
      let limit = 1;
      for (const part of this.#base.get('contact') ?? []) limit = Math.max(limit, part.first + part.rows);
      for (const key of this.#rows.get('contact')?.keys() ?? []) limit = Math.max(limit, key + 1);
      this.#limit = limit;
    }
    return this.#limit;
  }

  parts(table: TableName): readonly TablePart[] {
    let parts = this.#parts.get(table);
    if (!parts) {
      parts = this.#build(table);
      this.#parts.set(table, parts);
    }
    return parts;
  }

  has(table: TableName): boolean {
    return this.#base.has(table);
  }

  /** Replaces the chunks of some tables of the generation in use. */
  setBase(base: Base): void {
    for (const [table, parts] of base) {
      this.#base.set(table, parts);
      this.#touch(table);
    }
  }

  /** Adds chunks of a table that is only read where somebody looks. */
  addBase(table: TableName, parts: readonly TablePart[]): void {
    this.#base.set(table, [...(this.#base.get(table) ?? []), ...parts]);
    this.#touch(table);
  }

  /** Switches to another generation at once: its chunks and what its tail holds so far. */
  reset(base: Base, tail: Iterable<TailOutput>): void {
    this.#base = new Map(base);
    this.#changed.clear();
    this.#rows.clear();
    for (const output of tail) this.#take(output);
    for (const table of tableNames) this.#touch(table);
  }

  /** Adds what changed since the last answer. */
  addTail(output: TailOutput): void {
    for (const entity of this.#take(output)) for (const table of tablesOf(entity)) this.#touch(table);
  }

  /** What the tail says of events, which is here before their chunks are read. */
  get eventTail(): { changed: ReadonlySet<number>; rows: Iterable<TailRow> } {
    return {
      changed: this.#changed.get('event') ?? new Set(),
      rows: [...(this.#rows.get('event')?.values() ?? [])].flat(),
    };
  }

  setEdits(edits: ContactEdits): void {
    if (edits.size === 0 && this.#edits.size === 0) return;
    this.#edits = edits;
    for (const table of tablesOf('contact')) this.#touch(table);
  }

  get fields(): FieldSpecs {
    return this.#fields;
  }

  set fields(fields: FieldSpecs) {
    this.#fields = fields;
    for (const table of tablesOf('contact')) if (specOf(table).open) this.#touch(table);
  }

  /** Fields of a contact with an own edit that is not in the columns yet. */
  pendingFields(contactId: number): AnyField[] {
    return [...(this.#edits.get(contactId)?.keys() ?? [])];
  }

  #touch(table: TableName): void {
    this.changes++;
    this.#stamps.set(table, this.stamp(table) + 1);
    this.#parts.delete(table);
    if (table === 'contact') this.#limit = null;
  }

  #take(output: TailOutput): Set<Entity> {
    const touched = new Set<Entity>();
    for (const entity of entities) {
      const keys = output.changed[entity] ?? [];
      if (keys.length === 0) continue;
      touched.add(entity);
      const changed = getOrMake(this.#changed, entity, () => new Set<number>());
      const stores = tablesOf(entity).map((table) => this.#rows.get(table));
      for (const key of keys) {
        changed.add(key);
        for (const rows of stores) rows?.delete(key);
      }
    }
    for (const table of tableNames) {
      const rows = output.rows[table];
      if (!rows) continue;
      const store = getOrMake(this.#rows, table, () => new Map<number, TailRow[]>());
      for (const row of rows) {
        const known = store.get(row.key);
        if (known) known.push(row);
        else store.set(row.key, [row]);
      }
    }
    return touched;
  }

  #build(table: TableName): TablePart[] {
    const spec = specOf(table);
    const base = this.#base.get(table) ?? [];
    const changed = this.#changed.get(spec.entity) ?? new Set<number>();
    const rows = this.#rows.get(table) ?? new Map<number, TailRow[]>();
    const overlay = spec.entity === 'contact' ? this.#overlay(table, base, changed, rows) : [];
    const masked = overlay.length === 0 ? changed : new Set([...changed, ...overlay.map((row) => row.key)]);
    const parts = masked.size === 0 ? [...base] : base.map((part) => maskPart(part, masked));
    const replaced = new Set(overlay.map((row) => row.key));
    const fresh: TailRow[] = [...overlay];
    for (const [key, found] of rows) if (!replaced.has(key)) fresh.push(...found);
    if (fresh.length > 0) parts.push(partFromRows(table, fresh));
    return parts;
  }

  #exists(contactId: number): boolean {
    if (this.#changed.get('contact')?.has(contactId)) return this.#rows.get('contact')?.has(contactId) ?? false;
    return baseRow(this.#base.get('contact') ?? [], contactId) !== undefined;
  }

  #isIn(field: AnyField, spec: TableSpec): boolean {
    if (isFieldId(field)) return spec.open === true && this.#fields.get(field)?.personal === spec.personal;
    return field in spec.columns && contactFields[field].personal === spec.personal;
  }

  /** Rows of the edited contacts as they are now, with the edits on them. */
  #overlay(
    table: TableName,
    base: readonly TablePart[],
    changed: ReadonlySet<number>,
    rows: ReadonlyMap<number, TailRow[]>,
  ): TailRow[] {
    const spec = specOf(table);
    const found: TailRow[] = [];
    for (const [key, fields] of this.#edits) {
      const mine = [...fields].filter(([field]) => this.#isIn(field, spec));
      if (mine.length === 0) continue;
      const known = changed.has(key) ? rows.get(key)?.[0] : baseRow(base, key);
      // Whoever had no additional value so far has no row of an open table.
      const row = known ?? (spec.open && this.#exists(key) ? { key, cells: {} } : undefined);
      if (row) found.push({ key, cells: { ...row.cells, ...Object.fromEntries(mine) } });
    }
    return found;
  }
}

function baseRow(base: readonly TablePart[], key: number): TailRow | undefined {
  const part = base.find(({ first, rows }) => key >= first && key < first + rows);
  if (!part || part.live?.[key - part.first] !== 1) return undefined;
  const cells: TailRow['cells'] = {};
  for (const [name, column] of Object.entries(part.columns)) cells[name] = cellAt(column, key - part.first);
  return { key, cells };
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
