import { Dexie, type EntityTable } from 'dexie';
import { z } from 'zod';

/** Whom the app opened last, so that it can open offline. Kept outside the account's own database, which it names. */
export const accountSchema = z.object({
  database: z.string(),
  user: z.object({ id: z.string(), email: z.string(), name: z.string() }),
  workspace: z.object({ name: z.string(), timeZone: z.string(), currency: z.string() }),
});
export type Account = z.infer<typeof accountSchema>;

/** Where it is kept whom the app opened last. */
export type AccountBook = {
  last(): Promise<Account | null>;
  /** Null forgets it: the next start asks for a sign-in. */
  setLast(account: Account | null): Promise<void>;
};

type Row = { key: 'last'; value: unknown };
type Accounts = Dexie & { accounts: EntityTable<Row, 'key'> };

function open(): Accounts {
  const db = new Dexie('muster-accounts') as Accounts;
  db.version(1).stores({ accounts: 'key' });
  return db;
}

export const dexieAccounts = (): AccountBook => ({ last: readLast, setLast: writeLast });

async function readLast(): Promise<Account | null> {
  const db = open();
  try {
    const row = await db.accounts.get('last');
    const parsed = accountSchema.safeParse(row?.value);
    return parsed.success ? parsed.data : null;
  } finally {
    db.close();
  }
}

async function writeLast(account: Account | null): Promise<void> {
  const db = open();
  try {
    if (account) await db.accounts.put({ key: 'last', value: account });
    else await db.accounts.delete('last');
  } finally {
    db.close();
  }
}
