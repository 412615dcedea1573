/** Two server processes over one real PostgreSQL, as devices reach them; either can die, and the database can be restored. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { verifyBackup, writeWhole } from '#server/backup/backup-file.ts';
import { restoreBackup } from '#server/backup/restore.ts';
import { writeBackup } from '#server/backup/write-backup.ts';
import { type Database, openDatabase } from '#server/storage/database.ts';
import type { Caller } from '#shared/api/ports.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import type { Hint } from '#shared/sync/wire.schema.ts';
import type { Answer, DeviceServer, Request, User } from '../device/device-server.ts';
import type { Tables, Truth } from '../scenario/truth.ts';
import type { World } from '../world/world.ts';
import type { Databases } from './databases.ts';
import { Gates } from './gates.ts';
import { sabotaged, sabotageTables } from './sabotage.ts';
import { ServerProcess } from './server-process.ts';
import { readTables, readTaken, recordTaken } from './tables.ts';

const NAMES = ['one', 'two'] as const;
export type ProcessName = (typeof NAMES)[number];

export class PgServer implements DeviceServer, Truth {
  readonly users: readonly User[];
  readonly gates: Gates;
  readonly taken: Envelope[] = [];
  readonly devices = new Map<string, { ordered: boolean }>();
  readonly personal = new Map<number, Set<string>>();
  readonly intake: Truth['intake'];
  state: Tables = { documents: new Map(), contacts: new Map(), orders: new Map(), events: new Map(), roles: new Map() };
  up = true;
  readonly #world: World;
  readonly #sabotage: boolean;
  readonly #databases: Databases;
  readonly #folder: string;
  readonly #processes = new Map<ProcessName, ServerProcess>();
  readonly #sessions = new Map<string, string>();
  /** Whom a conflict was answered about: what they push next is what they made of both sides. */
  readonly #apart = new Set<string>();
  readonly #wasTaken: Envelope[] = [];
  #url = '';
  #db: Database | null = null;
  #backup: { path: string; at: number } | null = null;
  #backups = 0;

  constructor(
    world: World,
    options: { databases: Databases; folder: string; users: readonly User[]; sabotage: boolean },
  ) {
    const { databases, folder, users, sabotage } = options;
    this.#sabotage = sabotage;
    this.gates = sabotage ? new Gates(sabotaged) : new Gates();
    this.#world = world;
    this.#databases = databases;
    this.#folder = folder;
    this.users = users;
    this.intake = {
      personal: this.personal,
      remember: (contactId, value) => {
        const known = this.personal.get(contactId) ?? new Set();
        this.personal.set(contactId, known.add(value.toLowerCase()));
      },
    };
  }

  /** Past the gates: for the script and the oracle. */
  get db(): Database {
    if (!this.#db) throw new Error('There is no database.');
    return this.#db;
  }

  get canRestore(): boolean {
    return this.#backup !== null;
  }

  process(name: ProcessName): ServerProcess {
    const process = this.#processes.get(name);
    if (!process) throw new Error(`Process ${name} is away.`);
    return process;
  }

  /** Devices are spread over the processes. */
  processOf(device: string): ServerProcess {
    return this.process(NAMES[Number(device.slice(-1)) % NAMES.length] ?? 'one');
  }

  async begin(): Promise<void> {
    await this.#open(await this.#databases.create('migrated'));
    for (const [at, { id, email, name }] of this.users.entries()) {
      await this.db.query('insert into "user" ("id", "name", "email", "emailVerified") values ($1, $2, $3, false)', [
        id,
        name,
        email,
      ]);
      const role = at === 0 ? 'admin' : 'marketer';
      await this.db.query('insert into member (user_id, role) values ($1, $2)', [id, role]);
    }
    await this.#startAll();
    await this.refresh();
  }

  async end(): Promise<void> {
    for (const process of this.#processes.values()) await process.stop();
    await this.#db?.close();
  }

  /** Reads the tables anew for the oracle. */
  async refresh(): Promise<void> {
    this.state = await readTables(this.db);
    this.taken.splice(0, this.taken.length, ...this.#wasTaken, ...(await readTaken(this.db)));
    const devices = await this.db.query<{ id: string; ordered: boolean }>(
      'select id, signed_out_at is not null as ordered from device',
    );
    for (const { id, ordered } of devices) this.devices.set(id, { ordered });
  }

  /** kill -9, and another one takes its place. */
  async kill(name: ProcessName): Promise<void> {
    this.#world.counts.crashes++;
    this.#world.log.add(`process ${name} dies`);
    const process = this.process(name);
    this.#processes.delete(name);
    await process.kill(() => this.endConnections(name));
    await this.#start(name);
  }

  /** PostgreSQL ends this process's connections; the process lives. */
  async endConnections(name: string): Promise<void> {
    await this.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()`,
      [name],
    );
  }

  async takeBackup(): Promise<void> {
    const path = join(this.#folder, `backup-${++this.#backups}`);
    await writeWhole(path, { force: false }, (sink) =>
      writeBackup(this.db, sink, { version: '0.0.0-test', now: Date.now }),
    );
    this.#backup = { path, at: Date.now() };
  }

  /** The newest backup goes into an empty database, which takes the place of this one; every process starts anew. */
  async restore(): Promise<void> {
    if (!this.#backup) return;
    this.up = false;
    const old = this.#processes;
    for (const process of old.values()) {
      process.alive = false;
      await process.kill(() => this.endConnections(process.name));
    }
    old.clear();
    this.#wasTaken.push(...(await readTaken(this.db)));
    await this.db.close();
    const url = await this.#databases.create('empty');
    const db = openDatabase(url, { max: 2, onError: () => undefined });
    await restoreBackup(db, this.#backup.path, await verifyBackup(this.#backup.path));
    await db.close();
    await this.#open(url);
    await this.#startAll();
    this.#world.counts.crashes++;
    this.up = true;
  }

  async #open(url: string): Promise<void> {
    this.#url = url;
    const db = openDatabase(url, { max: 6, onError: () => undefined });
    this.#db = { ...db, query: (text, values) => db.query(this.gates.rewrite(text), values) };
    await recordTaken(this.db);
    if (this.#sabotage) await this.db.query(sabotageTables);
  }

  async #startAll(): Promise<void> {
    for (const name of NAMES) await this.#start(name);
  }

  async #start(name: ProcessName): Promise<void> {
    const callerOf = (device: string) => this.#callerOf(device);
    const process = new ServerProcess({ name, url: this.#url, gates: this.gates, callerOf });
    await process.start();
    this.#processes.set(name, process);
  }

  async #callerOf(device: string): Promise<Caller | null> {
    const [caller] = await this.db.query<Caller>(
      `select u."id" as "userId", u."email", u."name", m.role, s."id" as "sessionId"
         from "session" s join "user" u on u."id" = s."userId"
         join member m on m.user_id = u."id" and m.removed_at is null where s."id" = $1`,
      [this.#sessions.get(device) ?? ''],
    );
    return caller ?? null;
  }

  async signIn(device: string, userId: string): Promise<User> {
    const user = this.users.find(({ id }) => id === userId);
    if (!user) throw new Error('Nobody is known by this name.');
    await this.endSession(device);
    const id = randomUUID();
    await this.db.query(
      `insert into "session" ("id", "userId", "token", "expiresAt", "updatedAt") values ($1, $2, $1, now() + interval '9 days', now())`,
      [id, userId],
    );
    this.#sessions.set(device, id);
    return user;
  }

  async endSession(device: string): Promise<void> {
    await this.db.query('delete from "session" where "id" = $1', [this.#sessions.get(device) ?? '']);
    this.#sessions.delete(device);
    for (const { deps } of this.#processes.values()) deps.wake.notify('access');
  }

  async currentUser(device: string): Promise<User | null> {
    const caller = await this.#callerOf(device);
    return this.users.find(({ id }) => id === caller?.userId) ?? null;
  }

  async handle(device: string, request: Request): Promise<Answer> {
    const answer = await this.processOf(device).handle(device, request, (error) => {
      if (isBrokenConnection(error)) return this.#world.log.add(`broken connection: ${request.path}`);
      this.#world.problems.push(`server: ${request.path}: ${error.stack ?? error.message}`);
    });
    if (request.path === 'sync.push' && answer.ok) this.#count(device, request.input, answer.data);
    return answer;
  }

  #count(device: string, input: unknown, data: unknown): void {
    const { rows } = input as { rows: { next: { id: string } }[] };
    const { conflicts } = data as { conflicts: { id: string }[] };
    const { counts, log } = this.#world;
    const apart = new Set(conflicts.map(({ id }) => id));
    for (const { next } of rows) {
      const key = `${device} ${next.id}`;
      if (apart.has(next.id)) {
        counts.conflicts++;
        log.add(`conflict ${key}`);
        this.#apart.add(key);
      } else if (this.#apart.delete(key)) counts.merges++;
    }
  }

  chunk(device: string, hash: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.processOf(device).chunk(device, hash);
  }

  async stream(device: string, protocol: number, signal: AbortSignal): Promise<AsyncIterable<Hint>> {
    return this.processOf(device).stream(device, protocol, signal);
  }
}

/** What a statement ends with when its connection was ended: the device asks again. */
export function isBrokenConnection(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && ['57P01', 'ECONNRESET', 'EPIPE'].includes(String(at.code))) return true;
    if (/Connection terminated|not queryable|Client was closed|This server process is dead/.test(at.message))
      return true;
  }
  return false;
}
