/** Sequencer, chunk builder and tail over the simulated tables, statement by statement as server/sync does it. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { checkEpoch } from '#server/sync/judge.ts';
import { can } from '#shared/account/roles.ts';
import type { Caller } from '#shared/api/ports.ts';
import { encodeChunk } from '#shared/columns/chunk.ts';
import { columnsOf, specOf } from '#shared/columns/rows.ts';
import { type Entity, entities, type TableName, type TailRow, tableNames, tables } from '#shared/columns/tables.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { equalJson } from '#shared/kernel/json.ts';
import type { ChunkRef, Manifest, TailOutput, tailInput } from '#shared/sync/wire.schema.ts';
import type { Core } from './documents.ts';
import { keysOf, rowsOfKey, type State } from './state.ts';
import type { Process } from './transactions.ts';

/** Few, so that most tails come in several pages. */
const TAIL_KEYS = 9;
/** A chunk with more changed keys than this is built anew; one with fewer waits for its time. */
const REBUILD_KEYS = 4;
const REBUILD_AFTER_MS = 60_000;

/** [VER-2] Numbers what intake wrote. Several at a time are slower, never wrong. */
export async function numberDirty(core: Core, process: Process): Promise<void> {
  await core.database.transaction(process, async (tx) => {
    const all = await tx.read((state) => state.dirty.slice(0, 20));
    const mine = all.filter(({ id }) => tx.tryLock(`dirty:${id}`));
    // Another one may have numbered and deleted a row between the look and the lock: deleting tells.
    const still = new Set((await tx.read((state) => state.dirty)).map(({ id }) => id));
    const rows = mine.filter(({ id }) => still.has(id));
    if (rows.length === 0) return;
    const distinct = [...new Map(rows.map((row) => [`${row.entity} ${row.key}`, row])).values()];
    const first = await core.numbering.take(tx, distinct.length);
    const gone = new Set(rows.map(({ id }) => id));
    tx.write((state) => {
      state.dirty = state.dirty.filter(({ id }) => !gone.has(id));
      distinct.forEach(({ entity, key }, at) => {
        state.changes.push({ version: first + at, entity, key });
      });
    });
  });
  core.notify();
}

export function buildBytes(table: TableName, index: number, rows: readonly TailRow[]): Uint8Array<ArrayBuffer> {
  return encodeChunk(table, index, columnsOf(table, rows));
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function rowsOfChunk(state: State, table: TableName, index: number): TailRow[] {
  const { entity, span } = specOf(table);
  return keysOf(state, entity)
    .filter((key) => Math.floor(key / span) === index)
    .flatMap((key) => structuredClone(rowsOfKey(state, table, key)));
}

type Planned = { table: TableName; index: number; firstChange: number; due: boolean };

/** [MAN-3] with small numbers. */
function plan(state: State, version: number, tailFrom: number, now: number): Planned[] {
  const planned: Planned[] = [];
  for (const table of tableNames) {
    const { entity, span } = specOf(table);
    const indexes = new Set(keysOf(state, entity).map((key) => Math.floor(key / span)));
    for (const { ref } of state.chunks.values()) if (ref.table === table) indexes.add(ref.index);
    for (const key of state.withdrawn)
      if (key.startsWith(`${table}:`)) indexes.add(Number(key.slice(table.length + 1)));
    for (const index of indexes) {
      const chunk = state.chunks.get(`${table}:${index}`);
      const changes = state.changes.filter(
        (change) =>
          change.entity === entity &&
          Math.floor(change.key / span) === index &&
          change.version > tailFrom &&
          change.version <= version &&
          change.version > (chunk?.builtVersion ?? -1),
      );
      if (chunk && changes.length === 0) continue;
      const keys = new Set(changes.map(({ key }) => key)).size;
      const firstChange = chunk ? Math.min(...changes.map((change) => change.version)) : 1;
      planned.push({
        table,
        index,
        firstChange,
        due: !chunk || keys > REBUILD_KEYS || now - chunk.builtAt > REBUILD_AFTER_MS,
      });
    }
  }
  return planned;
}

/** Builds what is due and publishes a generation when chunks changed. */
export async function buildGeneration(core: Core, process: Process): Promise<void> {
  const { database } = core;
  const { version, erasedTo, epoch } = await database.read(process, (state) => ({
    version: core.numbering.version(state),
    erasedTo: state.erasedTo,
    epoch: state.epoch,
  }));
  const newest = await database.read(process, (state) => state.generations.at(-1) ?? null);
  const tailFrom = newest?.tailFrom ?? 0;
  const planned = await database.read(process, (state) => plan(state, version, tailFrom, core.now()));
  const built: { ref: ChunkRef; bytes: Uint8Array<ArrayBuffer> }[] = [];
  for (const { table, index } of planned.filter(({ due }) => due)) {
    const rows = await database.read(process, (state) => rowsOfChunk(state, table, index));
    const bytes = buildBytes(table, index, rows);
    built.push({ bytes, ref: refOf(table, index, rows, bytes) });
  }
  if (built.length === 0) return;
  const waiting = planned.filter(({ due }) => !due).map(({ firstChange }) => firstChange - 1);
  await database.transaction(process, async (tx) => {
    await tx.lock('generations');
    const now = await tx.read((state) => ({ erasedTo: state.erasedTo, epoch: state.epoch }));
    // Rows that were read before an erasure may hold what it deleted.
    if (now.epoch !== epoch || now.erasedTo !== erasedTo) return;
    tx.write((state) => {
      for (const { ref, bytes } of built) {
        const key = `${ref.table}:${ref.index}`;
        const known = state.chunks.get(key);
        if (known && known.builtVersion > version) continue;
        state.chunks.set(key, { ref, builtVersion: version, builtAt: core.now() });
        state.blobs.set(ref.hash, bytes);
        state.withdrawn.delete(key);
      }
      publish(state, Math.max(tailFrom, Math.min(version, ...waiting)), core.now());
    });
  });
  core.notify();
}

function refOf(table: TableName, index: number, rows: readonly TailRow[], bytes: Uint8Array): ChunkRef {
  const { time } = specOf(table);
  const times = time ? rows.map(({ cells }) => Number(cells[time])) : [];
  const [from, to] = times.length > 0 ? [Math.min(...times), Math.max(...times)] : [null, null];
  return { table, index, hash: hashOf(bytes), rows: rows.length, bytes: bytes.length, from, to };
}

function publish(state: State, tailFrom: number, now: number): void {
  if (state.withdrawn.size > 0) return;
  const chunks = [...state.chunks.values()].map(({ ref }) => ref).filter(({ rows }) => rows > 0);
  const newest = state.generations.at(-1);
  if (newest && equalJson(newest.chunks, chunks) && newest.erasedTo === state.erasedTo) return;
  state.generations.push({ id: (newest?.id ?? 0) + 1, tailFrom, erasedTo: state.erasedTo, builtAt: now, chunks });
}

/** [MAN-4] Drops every generation but the newest, and what only they needed. */
export function pruneGenerations(state: State): void {
  state.generations = state.generations.slice(-1);
  const kept = state.generations[0];
  if (!kept) return;
  state.changes = state.changes.filter(({ version }) => version > kept.tailFrom);
  const named = new Set([...kept.chunks, ...[...state.chunks.values()].map(({ ref }) => ref)].map(({ hash }) => hash));
  for (const hash of state.blobs.keys()) if (!named.has(hash)) state.blobs.delete(hash);
}

/**
 * [ERASE-1] In the transaction of the erasure: chunks that held rows of the contact are taken back. Until they are built
 * anew there is no generation to take.
 */
export function withdraw(state: State, touched: ReadonlyMap<Entity, ReadonlySet<number>>): void {
  for (const [key, { ref }] of state.chunks) {
    const { entity, span } = specOf(ref.table);
    if (![...(touched.get(entity) ?? [])].some((one) => Math.floor(one / span) === ref.index)) continue;
    state.chunks.delete(key);
    state.blobs.delete(ref.hash);
    state.withdrawn.add(key);
  }
  pruneGenerations(state);
  const kept = new Set([...state.chunks.values()].map(({ ref }) => ref.hash));
  for (const hash of state.blobs.keys()) if (!kept.has(hash)) state.blobs.delete(hash);
}

const isShown = (caller: Pick<Caller, 'role'>, table: TableName) =>
  can(caller.role, 'readPersonal') || !specOf(table).personal;

export async function manifest(core: Core, process: Process, caller: Caller): Promise<Manifest> {
  const personal = can(caller.role, 'readPersonal');
  return core.database.read(process, (state) => {
    const newest = state.generations.at(-1);
    if (state.withdrawn.size > 0) throw new UserError('not_ready', 'The data is being put together anew.');
    return {
      epoch: state.epoch,
      generation: newest?.id ?? 0,
      tailFrom: newest?.tailFrom ?? 0,
      builtAt: newest?.builtAt ?? 0,
      personal,
      erasedTo: newest?.erasedTo ?? state.erasedTo,
      chunks: (newest?.chunks ?? []).filter(({ table }) => isShown(caller, table)),
    };
  });
}

export async function chunk(core: Core, process: Process, caller: Caller, hash: string) {
  const found = await core.database.read(process, (state) => ({
    bytes: state.blobs.get(hash),
    table: state.generations.flatMap(({ chunks }) => chunks).find((ref) => ref.hash === hash)?.table,
  }));
  if (!found.bytes || !found.table || !isShown(caller, found.table)) {
    throw new UserError('not_found', 'There is no such chunk (any more).');
  }
  return found.bytes;
}

/** [TAIL-1] */
export async function tail(
  core: Core,
  process: Process,
  caller: Caller,
  input: z.infer<typeof tailInput>,
): Promise<TailOutput> {
  const { database } = core;
  const readFeed = () =>
    database.read(process, (state) => ({ epoch: state.epoch, version: core.numbering.version(state) }));
  let feed = await readFeed();
  checkEpoch(feed, input.epoch, input.after);
  const limit = Math.min(input.limit, TAIL_KEYS);
  const changes = await database.read(process, (state) =>
    state.changes
      .filter(({ version }) => version > input.after && version <= feed.version)
      .sort((a, b) => a.version - b.version)
      .slice(0, limit),
  );
  // The mistake: what was committed between the two looks is passed over.
  if (core.sabotage === 'tail-gap') feed = await readFeed();
  const keptFrom = await database.read(process, ({ generations }) => generations[0]?.tailFrom ?? 0);
  if (input.after < keptFrom) {
    throw new UserError('not_found', 'These changes are no longer kept; take the newest manifest.', 'after');
  }
  const more = changes.length === limit;
  const changed: Partial<Record<Entity, number[]>> = {};
  for (const entity of entities) {
    const keys = changes.filter((change) => change.entity === entity).map(({ key }) => key);
    if (keys.length > 0) changed[entity] = [...new Set(keys)];
  }
  const rows: TailOutput['rows'] = {};
  for (const table of tableNames) {
    const keys = changed[tables[table].entity];
    if (!keys || !isShown(caller, table)) continue;
    rows[table] = await database.read(process, (state) =>
      keys.flatMap((key) => structuredClone(rowsOfKey(state, table, key))),
    );
  }
  const version = (more ? changes.at(-1)?.version : undefined) ?? feed.version;
  return { epoch: feed.epoch, version, more, changed, rows };
}
