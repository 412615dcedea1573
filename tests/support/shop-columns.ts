/** A small random shop in every form the engine meets: chunks, a tail after them, one's own edits; and as plain rows to compare with. */
import fc from 'fast-check';
import type { Base, ContactEdits } from '#renderer/data/columns/column-store.ts';
import { decodeChunk, encodeChunk } from '#shared/columns/chunk.ts';
import { columnsOf } from '#shared/columns/rows.ts';
import { type Cell, type TableName, type TailRow, tables } from '#shared/columns/tables.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { type ContactField, contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import type { TailOutput } from '#shared/sync/wire.schema.ts';

export type Contact = { id: number } & Record<ContactField, Cell>;
export type Order = {
  rowId: number;
  contactId: number;
  at: number;
  externalOrderId: string;
  status: string;
  currency: string;
  gross: number;
  returns: number;
  grossLines: number;
  lines: number;
};
export type Shop = {
  base: { contacts: Contact[]; orders: Order[] };
  tail: { contacts: Map<number, Contact | null>; orders: Map<number, Order | null> };
  edits: ContactEdits;
};

// Few ids at the beginning of two chunks, so that everything meets everything and the chunks stay small.
const contactId = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 65_536, max: 65_544 }));
const rowId = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 65_530, max: 65_545 }));
const word = fc.constantFrom('Ann', 'ann', 'Éva', 'BOB', 'İnci', 'Straße', 'zoë', '👍 ok', 'ann@example.com', '');
const text = fc.option(word, { freq: 4, nil: null });
const instant = fc.integer({ min: 1_300_000_000_000, max: 1_300_000_000_000 + 60 * 86_400_000 });

const contact = (id: number): fc.Arbitrary<Contact> =>
  fc
    .record({
      externalCustomerId: text,
      email: text,
      phone: text,
      firstName: text,
      lastName: text,
      country: text,
      region: text,
      town: text,
      address: text,
      postcode: text,
      languageCode: text,
      timeZone: text,
      source: text,
      emailStatus: text,
      createdAt: fc.option(instant, { freq: 4, nil: null }),
    })
    .map((cells) => ({ id, ...cells }));
const order = (id: number): fc.Arbitrary<Order> =>
  fc.record({
    rowId: fc.constant(id),
    contactId: fc.oneof(fc.constant(0), contactId),
    at: instant,
    externalOrderId: fc.constant(`order ${id}`),
    status: fc.constantFrom('DELIVERED', 'CANCELLED'),
    currency: fc.constantFrom('GBP', 'GBP', 'EUR'),
    gross: fc.integer({ min: 0, max: 1_000_000 }),
    returns: fc.integer({ min: 0, max: 100_000 }),
    grossLines: fc.integer({ min: 0, max: 2 }),
    lines: fc.constant(2),
  });

const some = <T>(ids: fc.Arbitrary<number>, make: (id: number) => fc.Arbitrary<T>, most: number): fc.Arbitrary<T[]> =>
  fc.uniqueArray(ids, { maxLength: most }).chain((found) => fc.tuple(...found.map(make)));
const changes = <T>(
  ids: fc.Arbitrary<number>,
  make: (id: number) => fc.Arbitrary<T>,
): fc.Arbitrary<Map<number, T | null>> =>
  fc
    .uniqueArray(ids, { maxLength: 6 })
    .chain((found) =>
      fc.tuple(...found.map((id) => fc.option(make(id), { freq: 3 }).map((row): [number, T | null] => [id, row]))),
    )
    .map((pairs) => new Map(pairs));

export const shop: fc.Arbitrary<Shop> = fc.record({
  base: fc.record({ contacts: some(contactId, contact, 16), orders: some(rowId, order, 30) }),
  tail: fc.record({ contacts: changes(contactId, contact), orders: changes(rowId, order) }),
  edits: fc
    .uniqueArray(contactId, { maxLength: 4 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id) =>
          fc
            .dictionary(fc.constantFrom('email', 'firstName', 'country'), text, { minKeys: 1 })
            .map((fields): [number, Map<ContactField, string | null>] => [
              id,
              new Map(contactFieldKeys.filter((key) => key in fields).map((key) => [key, fields[key] ?? null])),
            ]),
        ),
      ),
    )
    .map((pairs) => new Map(pairs)),
});

function rowsFor(table: TableName, contacts: readonly Contact[], orders: readonly Order[]): TailRow[] {
  if (table === 'order') return orders.map((row) => ({ key: row.rowId, cells: { ...row } }));
  if (table !== 'contact' && table !== 'contactPersonal') return [];
  const { personal } = tables[table];
  const fields = contactFieldKeys.filter((field) => contactFields[field].personal === personal);
  return contacts.map((row) => ({
    key: row.id,
    cells: Object.fromEntries(fields.map((field) => [field, row[field]])),
  }));
}

/** The chunks as the server would have made them. */
export function baseOf({ base }: Shop): Base {
  const parts = new Map<TableName, TablePart[]>();
  for (const table of ['contact', 'contactPersonal', 'order', 'delivery', 'event', 'orderLine'] as const) {
    const rows = rowsFor(table, base.contacts, base.orders);
    const { span } = tables[table];
    const chunks = new Map<number, TailRow[]>();
    for (const row of rows) {
      const index = Math.floor(row.key / span);
      chunks.set(index, [...(chunks.get(index) ?? []), row]);
    }
    const found = [...chunks].sort(([a], [b]) => a - b);
    parts.set(
      table,
      found.map(([index, chunk]) => decodeChunk(encodeChunk(table, index, columnsOf(table, chunk)))),
    );
  }
  return parts;
}

export function tailOf({ tail }: Shop): TailOutput {
  const contacts = [...tail.contacts.values()].filter((row) => row !== null);
  const orders = [...tail.orders.values()].filter((row) => row !== null);
  return {
    epoch: 'e',
    version: 9,
    more: false,
    changed: { contact: [...tail.contacts.keys()], order: [...tail.orders.keys()] },
    rows: {
      contact: rowsFor('contact', contacts, orders),
      contactPersonal: rowsFor('contactPersonal', contacts, orders),
      order: rowsFor('order', contacts, orders),
    },
  };
}

/** Everybody, as one would write it without columns. */
export function contactsOf({ base, tail, edits }: Shop): Contact[] {
  const all = new Map(base.contacts.map((row) => [row.id, row]));
  for (const [id, row] of tail.contacts) {
    if (row) all.set(id, row);
    else all.delete(id);
  }
  for (const [id, fields] of edits) {
    const row = all.get(id);
    if (row) all.set(id, { ...row, ...Object.fromEntries(fields) });
  }
  return [...all.values()].sort((a, b) => a.id - b.id);
}

export function ordersOf({ base, tail }: Shop): Order[] {
  const all = new Map(base.orders.map((row) => [row.rowId, row]));
  for (const [id, row] of tail.orders) {
    if (row) all.set(id, row);
    else all.delete(id);
  }
  return [...all.values()];
}
