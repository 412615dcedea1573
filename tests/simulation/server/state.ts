import type { Role } from '#shared/account/roles.ts';
import type { Cell, Entity, TableName, TailRow } from '#shared/columns/tables.ts';
import { tables } from '#shared/columns/tables.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import type { ChunkRef } from '#shared/sync/wire.schema.ts';

export type Cells = Record<string, Cell>;
export type StoredDocument = Envelope & { xid: number };
export type Order = { cells: Cells; lines: Cells[] };
export type Change = { version: number; entity: Entity; key: number };
export type ChunkState = { ref: ChunkRef; builtVersion: number; builtAt: number };
export type Generation = {
  id: number;
  tailFrom: number;
  erasedTo: number;
  builtAt: number;
  chunks: ChunkRef[];
};

/** What is committed: the tables of migration 0001 and 0002, as far as sync reads them. */
export type State = {
  version: number;
  epoch: string;
  /** What an older epoch numbered above this never came to this one. */
  epochFrom: number;
  /** Tombstones up to here are forgotten. */
  prunedTo: number;
  erasedTo: number;
  documents: Map<string, StoredDocument>;
  contacts: Map<number, Cells>;
  orders: Map<number, Order>;
  events: Map<number, Cells>;
  changes: Change[];
  dirty: { id: number; entity: Entity; key: number }[];
  chunks: Map<string, ChunkState>;
  generations: Generation[];
  blobs: Map<string, Uint8Array<ArrayBuffer>>;
  /** Chunks an erasure took back that are not built anew yet. */
  withdrawn: Set<string>;
  roles: Map<string, Role>;
};

export function emptyState(epoch: string): State {
  return {
    version: 0,
    epoch,
    epochFrom: 0,
    prunedTo: 0,
    erasedTo: 0,
    documents: new Map(),
    contacts: new Map(),
    orders: new Map(),
    events: new Map(),
    changes: [],
    dirty: [],
    chunks: new Map(),
    generations: [],
    blobs: new Map(),
    withdrawn: new Set(),
    roles: new Map(),
  };
}

export const copyState = (state: State): State => structuredClone(state);

const pickCells = (cells: Cells, table: TableName): Cells =>
  Object.fromEntries(Object.keys(tables[table].columns).map((name) => [name, cells[name] ?? null]));

/** Rows of one key in one table; none when it is gone. */
export function rowsOfKey(state: State, table: TableName, key: number): TailRow[] {
  switch (table) {
    case 'contact':
    case 'contactPersonal': {
      const cells = state.contacts.get(key);
      return cells ? [{ key, cells: pickCells(cells, table) }] : [];
    }
    case 'order': {
      const order = state.orders.get(key);
      return order ? [{ key, cells: pickCells(order.cells, table) }] : [];
    }
    case 'orderLine': {
      const order = state.orders.get(key);
      return (order?.lines ?? []).map((line) => ({ key, cells: pickCells(line, table) }));
    }
    case 'event': {
      const cells = state.events.get(key);
      return cells ? [{ key, cells: pickCells(cells, table) }] : [];
    }
    case 'contactField':
    case 'contactFieldPersonal':
    case 'delivery':
    case 'membership':
      return [];
  }
}

/** Every key an entity has now, in order. */
export function keysOf(state: State, entity: Entity): number[] {
  const none = new Map<number, never>();
  const held = { contact: state.contacts, order: state.orders, event: state.events, delivery: none, membership: none };
  const keys = held[entity].keys();
  return [...keys].sort((a, b) => a - b);
}
