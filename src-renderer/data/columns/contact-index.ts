/** Who the contacts are and where their cells lie, made once per state of the contact tables. */

import { cellAt, keyAt } from '#shared/columns/rows.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { type ContactField, contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldId, type FieldSpec, isFieldId } from '#shared/contact/field.schema.ts';
import { counts } from './access.ts';
import type { ColumnStore } from './column-store.ts';

/** Tables that say something of contacts, one row each. */
export const contactTables = [
  'contact',
  'contactPersonal',
  'contactField',
  'contactFieldPersonal',
] as const satisfies readonly TableName[];
type ContactTable = (typeof contactTables)[number];

type Place = { part: TablePart; row: number };

/** Finds the visible row of a contact in one of the contact tables. */
class Places {
  readonly #dense: TablePart[] = [];
  readonly #loose = new Map<number, Place>();

  constructor(parts: readonly TablePart[]) {
    for (const part of parts) {
      if (part.keys === null) this.#dense.push(part);
      else for (let row = 0; row < part.rows; row++) this.#loose.set(keyAt(part, row), { part, row });
    }
  }

  find(id: number): Place | null {
    const loose = this.#loose.get(id);
    if (loose) return loose;
    for (const part of this.#dense) {
      const row = id - part.first;
      if (row >= 0 && row < part.rows) return counts(part, row) ? { part, row } : null;
    }
    return null;
  }
}

export class ContactIndex {
  /** Ids of all contacts, ascending. */
  readonly ids: Uint32Array;
  readonly limit: number;
  readonly #places: Readonly<Record<ContactTable, Places>>;

  constructor(store: ColumnStore) {
    const parts = store.parts('contact');
    this.limit = store.contactLimit;
    const placesOf = (table: ContactTable) => new Places(store.parts(table));
    this.#places = {
      contact: placesOf('contact'),
      contactPersonal: placesOf('contactPersonal'),
      contactField: placesOf('contactField'),
      contactFieldPersonal: placesOf('contactFieldPersonal'),
    };
    this.ids = aliveIds(parts, this.limit);
  }

  has(id: number): boolean {
    return this.#places.contact.find(id) !== null;
  }

  /** Cells of a contact's additional fields that are not empty; those of fields that were deleted may still be among them. */
  fieldCells(id: number): Record<FieldId, string | number> {
    const found: Record<FieldId, string | number> = {};
    for (const table of ['contactField', 'contactFieldPersonal'] as const) {
      const place = this.#places[table].find(id);
      if (!place) continue;
      for (const [name, column] of Object.entries(place.part.columns)) {
        const cell = isFieldId(name) ? cellAt(column, place.row) : null;
        if (cell !== null && isFieldId(name)) found[name] = cell;
      }
    }
    return found;
  }

  /** Cells of a contact by field; null when there is no such contact. */
  cells(id: number): { [K in ContactField]: string | number | null } | null {
    const shared = this.#places.contact.find(id);
    if (!shared) return null;
    const personal = this.#places.contactPersonal.find(id);
    const read = (field: ContactField): string | number | null => {
      const place = contactFields[field].personal ? personal : shared;
      const column = place?.part.columns[field];
      return place && column ? cellAt(column, place.row) : null;
    };
    return Object.fromEntries(contactFieldKeys.map((field) => [field, read(field)])) as {
      [K in ContactField]: string | number | null;
    };
  }
}

function aliveIds(parts: readonly TablePart[], limit: number): Uint32Array {
  const alive = new Uint8Array(limit);
  let count = 0;
  for (const part of parts) {
    for (let row = 0; row < part.rows; row++) {
      if (!counts(part, row)) continue;
      const id = keyAt(part, row);
      if (alive[id] === 0) count++;
      alive[id] = 1;
    }
  }
  const ids = new Uint32Array(count);
  let at = 0;
  for (let id = 0; id < limit; id++) if (alive[id] === 1) ids[at++] = id;
  return ids;
}

/** Table that holds an additional field. */
export const fieldTableOf = ({ personal }: Pick<FieldSpec, 'personal'>): ContactTable =>
  personal ? 'contactFieldPersonal' : 'contactField';

/** Table that holds a contact field. */
export function tableOf(field: ContactField): TableName {
  return contactFields[field].personal ? 'contactPersonal' : 'contact';
}
