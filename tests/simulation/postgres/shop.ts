/** What shops and imports write: by the server's own intake, which marks dirty rows and never takes a number. */
import { applyRows } from '#server/intake/apply-rows.ts';
import type { IntakePayload } from '#server/intake/intake-row.ts';
import type { Random } from '../world/random.ts';
import { isBrokenConnection, type PgServer } from './pg-server.ts';
import type { ServerProcess } from './server-process.ts';

class Undone extends Error {}

/** Of those that waited for each other, PostgreSQL ended one: the worker tries it again. */
const isDeadlock = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '40P01';

export class Shop {
  readonly #server: PgServer;
  #next = 1;
  #orders = 0;
  /** Nobody writes about these any more: an order in their name would make them anew. */
  readonly doomed = new Set<number>();

  constructor(server: PgServer) {
    this.#server = server;
  }

  async contacts(): Promise<number[]> {
    const rows = await this.#server.db.query<{ id: number }>(
      'select id from contact where deleted_at is null order by id',
    );
    return rows.map(({ id }) => id).filter((id) => !this.doomed.has(id));
  }

  /** One transaction on this process; `undone`: it fails right before its commit. */
  async write(process: ServerProcess, rows: readonly IntakePayload[], undone = false): Promise<void> {
    for (let left = 3; ; left--) {
      try {
        await process.deps.db.tx(async (tx) => {
          await applyRows(tx, rows, Date.now());
          if (undone) throw new Undone();
        });
        break;
      } catch (error) {
        if (error instanceof Undone || isBrokenConnection(error)) return;
        if (left === 0 || !isDeadlock(error)) throw error;
      }
    }
    process.deps.wake.notify('dirty');
  }

  /** Some rows, about contacts that are there. */
  async something(random: Random): Promise<IntakePayload[]> {
    const contacts = await this.contacts();
    const rows = await this.#server.db.query<{ id: number; name: string | null }>(
      'select id, external_customer_id as name from contact where deleted_at is null',
    );
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    return Array.from({ length: random.int(1, 4) }, () => {
      const what = random.weighted([
        [contacts.length < 20 ? 3 : 0, 'new'],
        [3, 'change'],
        [3, 'order'],
        [3, 'event'],
      ] as const);
      if (what === 'new' || contacts.length === 0) return this.newContact(random);
      const id = random.pick(contacts);
      if (what === 'order') return this.order(random, names.get(id) ?? null);
      return what === 'change'
        ? this.change(id, random.pick(['town', 'firstName', 'address'] as const))
        : event(id, random);
    });
  }

  newContact(random: Random): IntakePayload {
    const name = this.#value('first');
    const values = {
      externalCustomerId: this.#value('ext'),
      email: `${this.#value('mail')}@example.com`,
      firstName: name,
      lastName: this.#value('last'),
      town: this.#value('town'),
      country: random.pick(['GB', 'UA', 'DE']),
    };
    return { kind: 'contact', body: { values, source: 'API' } };
  }

  change(contactId: number, field: 'town' | 'firstName' | 'address'): IntakePayload {
    const value = this.#value('shop');
    this.#server.intake.remember(contactId, value);
    return { kind: 'contact', body: { contactId, values: { [field]: value }, source: 'API' } };
  }

  /** A new order, or one that was there before. */
  order(random: Random, customer: string | null = null): IntakePayload {
    const number = random.chance(0.4) && this.#orders > 0 ? random.int(1, this.#orders) : ++this.#orders;
    const lines = Array.from({ length: random.int(1, 3) }, () => ({
      item: `item${random.int(1, 9)}`,
      name: 'Item',
      category: null,
      quantity: 1_000,
      price: random.int(1, 50) * 10_000,
      extra: null,
    }));
    return {
      kind: 'order',
      body: {
        values: customer === null ? {} : { externalCustomerId: customer },
        externalOrderId: `order${number}`,
        at: Date.now() - random.int(0, 9) * 3_600_000,
        status: random.pick(['INITIALIZED', 'DELIVERED', 'CANCELLED']),
        currency: 'USD',
        extra: {},
        lines,
      },
    };
  }

  /** What personal values contacts have now: the oracle knows what must go with them. */
  async rememberAll(): Promise<void> {
    const rows = await this.#server.db.query<{ id: number; values: (string | null)[] }>(
      `select id, array[external_customer_id, split_part(email, '@', 1), first_name, last_name, town] as values
         from contact where deleted_at is null`,
    );
    for (const { id, values } of rows) {
      for (const value of values)
        if (value !== null && /^[a-z]+\d+[qz]$/.test(value)) this.#server.intake.remember(id, value);
    }
  }

  #value(kind: string): string {
    return `${kind}${this.#next++}q`;
  }
}

function event(contactId: number, random: Random): IntakePayload {
  return {
    kind: 'event',
    body: {
      contactId,
      values: {},
      type: random.pick(['login', 'productViewed', 'cartAbandoned']),
      at: Date.now() - random.int(0, 400) * 3_600_000,
      keyValue: null,
      params: {},
      source: 'API',
    },
  };
}
