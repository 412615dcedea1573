import type { Role } from '#shared/account/roles.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import type { Cells, Order } from '../server/state.ts';

/** What is committed, as far as devices are held against it. */
export type Tables = {
  readonly documents: ReadonlyMap<string, Envelope>;
  readonly contacts: ReadonlyMap<number, Cells>;
  readonly orders: ReadonlyMap<number, Order>;
  readonly events: ReadonlyMap<number, Cells>;
  readonly roles: ReadonlyMap<string, Role>;
};

/** What the oracle and the people need to know of a server: of the one in memory, or of a real PostgreSQL. */
export type Truth = {
  readonly state: Tables;
  /** Every document ever taken, in order. */
  readonly taken: readonly Envelope[];
  /** Devices by the id they told. */
  readonly devices: ReadonlyMap<string, { ordered: boolean }>;
  readonly intake: {
    /** Every personal value ever given to a contact. */
    readonly personal: ReadonlyMap<number, ReadonlySet<string>>;
    remember(contactId: number, value: string): void;
  };
};
