/**
 * Gates hold transactions right before their commit, when they have written everything, taken their numbers and hold
 * their locks. With them a script says how transactions overlap; without them it would be left to chance.
 */
import type { Database, Tx } from '#server/storage/database.ts';
import { within } from './hurry.ts';

/** What a transaction did, by the statements in it. */
export const doing = {
  /** Took versions for documents. */
  pushing: /update feed_counter[\s\S]*insert into document/,
  /** Gave versions to dirty rows. */
  numbering: /delete from dirty/,
  /** Changed what intake and imports change. */
  writing: /insert into dirty/,
} as const;

/** Changes what a process asks of the database: a known mistake that is put in. */
export type Rewrite = (statement: string) => string;

type Armed = { process: string | null; does: RegExp; reach: (pid: number) => void; released: Promise<void> };

export type Hold = {
  /** The backend of the held transaction; null when none came in time, and the gate is open again. */
  reached: (ms: number) => Promise<number | null>;
  release: () => void;
};

export class Gates {
  readonly rewrite: Rewrite;
  #armed: Armed[] = [];

  constructor(rewrite: Rewrite = (statement) => statement) {
    this.rewrite = rewrite;
  }

  /** Holds the next transaction that does this. */
  hold(does: RegExp, process: string | null = null): Hold {
    let release = (): void => undefined;
    let reach: (pid: number) => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const arrived = new Promise<number>((resolve) => {
      reach = resolve;
    });
    const armed: Armed = { process, does, reach, released };
    this.#armed.push(armed);
    const open = () => {
      this.#armed = this.#armed.filter((one) => one !== armed);
      release();
    };
    return {
      async reached(ms) {
        const pid = await within(ms, arrived);
        if (pid === null) open();
        return pid;
      },
      release: open,
    };
  }

  /** Called by every transaction before it commits. */
  async pass(process: string, statements: string, tx: Tx): Promise<void> {
    const armed = this.#armed.find((one) => (one.process ?? process) === process && one.does.test(statements));
    if (!armed) return;
    this.#armed = this.#armed.filter((one) => one !== armed);
    const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    armed.reach(rows[0]?.pid ?? 0);
    await armed.released;
  }
}

/** A server process's database: its transactions pass the gates, and a dead process asks nothing any more. */
export function gatedDatabase(
  db: Database,
  options: { gates: Gates; process: string; alive: () => boolean },
): Database {
  const { gates, process, alive } = options;
  const live = (): void => {
    if (!alive()) throw new Error('This server process is dead.');
  };
  return {
    pool: db.pool,
    async query(text, values) {
      live();
      return db.query(gates.rewrite(text), values);
    },
    async tx(work) {
      live();
      return db.tx(async (tx) => {
        const said: string[] = [];
        const result = await work(listening(tx, said, gates.rewrite));
        await gates.pass(process, said.join('\n'), tx);
        live();
        return result;
      });
    },
    close: db.close,
  };
}

function listening(tx: Tx, said: string[], rewrite: Rewrite): Tx {
  return new Proxy(tx, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name !== 'query' || typeof args[0] !== 'string') return value.apply(target, args);
        const [statement, ...more] = args;
        said.push(statement);
        return value.apply(target, [rewrite(statement), ...more]);
      };
    },
  });
}
