/** Writers that never take a number: shops, imports and the API. They mark what they changed as dirty. */
import type { Entity } from '#shared/columns/tables.ts';
import type { Random } from '../world/random.ts';
import type { Core } from './documents.ts';
import type { Cells, State } from './state.ts';
import type { Process, Transaction } from './transactions.ts';

/** Ids of two chunks, so that a change touches one of several. */
const FIRST_OF_CHUNK = [1, 65_537];
const EVENT_TYPES = ['login', 'productViewed', 'cartAbandoned'];

class Undone extends Error {}

export class Intake {
  readonly #core: Core;
  readonly #random: Random;
  readonly #next = { contact: 0, order: 1, event: 1, dirty: 1, value: 1 };
  /** Every personal value ever given to a contact. */
  readonly personal = new Map<number, Set<string>>();

  constructor(core: Core, random: Random) {
    this.#core = core;
    this.#random = random;
  }

  /** A value no other write ever has. */
  newValue(kind: string, contactId: number | null): string {
    const value = `${kind}${this.#next.value++}q`;
    if (contactId !== null) this.remember(contactId, value);
    return value;
  }

  remember(contactId: number, value: string): void {
    const known = this.personal.get(contactId) ?? new Set();
    known.add(value.toLowerCase());
    this.personal.set(contactId, known);
  }

  /** One writer's transaction. One in ten is undone at the end. */
  async write(process: Process): Promise<void> {
    const { database } = this.#core;
    const contacts = [...database.state.contacts.keys()];
    const what = this.#random.weighted([
      [contacts.length < 30 ? 4 : 0, 'contact'],
      [contacts.length > 0 ? 4 : 0, 'change'],
      [3, 'order'],
      [database.state.orders.size > 0 ? 2 : 0, 'orderChange'],
      [4, 'event'],
    ] as const);
    const undone = this.#random.chance(0.1);
    try {
      await database.transaction(process, async (tx) => {
        if (what === 'contact') await this.#addContact(tx);
        else if (what === 'change') await this.#changeContact(tx, this.#random.pick(contacts));
        else if (what === 'order') await this.#addOrder(tx, contacts);
        else if (what === 'orderChange') await this.#changeOrder(tx);
        else await this.#addEvents(tx, contacts);
        if (undone) throw new Undone();
      });
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
    }
  }

  async #addContact(tx: Transaction): Promise<void> {
    const at = this.#next.contact++;
    const id = (FIRST_OF_CHUNK[at % 5 === 4 ? 1 : 0] ?? 1) + at;
    const cells: Cells = {
      country: this.#random.pick(['GB', 'UA', 'DE']),
      languageCode: null,
      timeZone: null,
      source: 'API',
      emailStatus: 'subscribed',
      createdAt: this.#core.now(),
      externalCustomerId: this.newValue('ext', id),
      email: `${this.newValue('mail', id)}@example.com`,
      phone: null,
      firstName: this.newValue('first', id),
      lastName: this.newValue('last', id),
      region: null,
      town: this.newValue('town', id),
      address: null,
      postcode: null,
    };
    tx.write((state) => state.contacts.set(id, cells));
    this.#dirty(tx, 'contact', id);
    await tx.read(() => null);
  }

  async #changeContact(tx: Transaction, id: number): Promise<void> {
    await tx.lock(`contact:${id}`);
    if (!(await tx.read((state) => state.contacts.has(id)))) return;
    const field = this.#random.pick(['firstName', 'town', 'address', 'country'] as const);
    const value = field === 'country' ? this.#random.pick(['GB', 'UA', 'DE', 'FR']) : this.newValue('intake', id);
    tx.write((state) => {
      const contact = state.contacts.get(id);
      if (contact) contact[field] = value;
    });
    this.#dirty(tx, 'contact', id);
  }

  async #addOrder(tx: Transaction, contacts: readonly number[]): Promise<void> {
    const rowId = this.#next.order++;
    const contactId = contacts.length > 0 && this.#random.chance(0.9) ? this.#random.pick(contacts) : 0;
    const at = this.#core.now() - this.#random.int(0, 9) * 3_600_000;
    if (contactId > 0) await tx.lock(`contact:${contactId}`);
    const exists = await tx.read((state) => state.contacts.has(contactId));
    const lines = Array.from({ length: this.#random.int(1, 3) }, (_, line) => this.#line(rowId, line + 1, at));
    const order = { cells: this.#order(rowId, exists ? contactId : 0, at, lines), lines };
    tx.write((state) => state.orders.set(rowId, order));
    this.#dirty(tx, 'order', rowId);
  }

  #order(rowId: number, contactId: number, at: number, lines: readonly Cells[]): Cells {
    const gross = lines.reduce((sum, { amount }) => sum + Number(amount), 0);
    return {
      rowId,
      contactId,
      at,
      externalOrderId: `order${rowId}`,
      status: 'INITIALIZED',
      currency: 'USD',
      gross,
      returns: 0,
      grossLines: lines.length,
      lines: lines.length,
    };
  }

  #line(orderRowId: number, lineNo: number, at: number): Cells {
    const price = this.#random.int(1, 50) * 10_000;
    return {
      orderRowId,
      lineNo,
      at,
      externalItemId: `item${this.#random.int(1, 9)}`,
      name: 'Item',
      quantity: 1_000,
      price,
      amount: price,
    };
  }

  async #changeOrder(tx: Transaction): Promise<void> {
    const rowId = this.#random.pick([...this.#core.database.state.orders.keys()]);
    await tx.lock(`order:${rowId}`);
    const order = await tx.read((state) => structuredClone(state.orders.get(rowId)));
    if (!order) return;
    const at = Number(order.cells.at);
    const lines = this.#random.chance(0.5)
      ? order.lines
      : [...order.lines, this.#line(rowId, order.lines.length + 1, at)];
    const status = this.#random.pick(['IN_PROGRESS', 'DELIVERED', 'CANCELLED']);
    tx.write((state) => {
      const contactId = Number(state.orders.get(rowId)?.cells.contactId ?? 0);
      state.orders.set(rowId, { cells: { ...this.#order(rowId, contactId, at, lines), status }, lines });
    });
    this.#dirty(tx, 'order', rowId);
  }

  async #addEvents(tx: Transaction, contacts: readonly number[]): Promise<void> {
    if (contacts.length === 0) return;
    const contactId = this.#random.pick(contacts);
    await tx.lock(`contact:${contactId}`);
    if (!(await tx.read((state) => state.contacts.has(contactId)))) return;
    for (let left = this.#random.int(1, 4); left > 0; left--) {
      const rowId = this.#next.event++;
      const late = this.#random.chance(0.2) ? this.#random.int(1, 400) * 3_600_000 : 0;
      const cells = { rowId, contactId, at: this.#core.now() - late, type: this.#random.pick(EVENT_TYPES) };
      tx.write((state) => state.events.set(rowId, cells));
      this.#dirty(tx, 'event', rowId);
    }
  }

  #dirty(tx: Transaction, entity: Entity, key: number): void {
    const id = this.#next.dirty++;
    tx.write((state: State) => state.dirty.push({ id, entity, key }));
  }
}
