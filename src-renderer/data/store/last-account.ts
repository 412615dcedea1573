/** Who uses this device, and what each of their stores is. Kept outside the stores, unsealed: it names no contact. */
import { Dexie, type EntityTable } from 'dexie';
import { z } from 'zod';
import { roles } from '#shared/account/roles.ts';

/** Whom the app opened last, so that it can open offline. */
export const accountSchema = z.object({
  database: z.string(),
  user: z.object({ id: z.string(), email: z.string(), name: z.string() }),
  workspace: z.object({
    name: z.string(),
    timeZone: z.string(),
    currency: z.string(),
    /** Not known to apps before it was told. */
    defaultRegion: z.string().nullable().default(null),
  }),
});
export type Account = z.infer<typeof accountSchema>;

export const keepSchema = z.object({
  eventDays: z.union([z.literal(90), z.literal(180), z.literal(365), z.null()]),
  personal: z.boolean(),
});

/** Why what a device held could not be opened any more: the key was gone, the data was gone, or the key did not open it. */
export const losses = ['key', 'data', 'unreadable'] as const;
export type Loss = (typeof losses)[number];

/** One store on this device: a device of its own as the server sees it. */
export const deviceRecordSchema = z.object({
  database: z.string(),
  deviceId: z.string(),
  /** Since when it has held data without a break. */
  since: z.number().nullable(),
  /** The last time everything had to begin anew, and why. Not known to apps before it was told. */
  lost: z
    .object({ at: z.number(), why: z.enum(losses) })
    .nullable()
    .default(null),
  /** When the server was last reached, and the latest time this device's clock ever showed. */
  reachedAt: z.number(),
  seenAt: z.number(),
  leaseDays: z.number(),
  role: z.enum(roles).nullable(),
  keep: keepSchema,
  /** Whether personal values may be held: the role allows it and the person wants it. Null until the server said so once. */
  personal: z.boolean().nullable(),
  /** It was signed out from afar, its data is gone, and the server does not know that yet. */
  wiped: z.boolean(),
});
export type DeviceRecord = z.infer<typeof deviceRecordSchema>;

export type AccountBook = {
  last(): Promise<Account | null>;
  /** Null forgets it: the next start asks for a sign-in. */
  setLast(account: Account | null): Promise<void>;
  devices(): Promise<DeviceRecord[]>;
  setDevice(record: DeviceRecord): Promise<void>;
  dropDevice(database: string): Promise<void>;
  /** Somebody signed out without the server: what session this device still has is ended before anything else is asked. */
  endOwed(): Promise<boolean>;
  setEndOwed(owed: boolean): Promise<void>;
  /** Why nobody is signed in, in words, until somebody signs in again. */
  notice(): Promise<string | null>;
  setNotice(words: string | null): Promise<void>;
};

type Row = { key: string; value: unknown };
type Accounts = Dexie & { accounts: EntityTable<Row, 'key'> };

const LAST = 'last';
const END_OWED = 'endOwed';
const NOTICE = 'notice';
const DEVICE = 'device:';

export function dexieAccounts(): AccountBook {
  return {
    async last() {
      const row = await inAccounts((accounts) => accounts.get(LAST));
      const parsed = accountSchema.safeParse(row?.value);
      return parsed.success ? parsed.data : null;
    },
    setLast: (account) =>
      inAccounts(async (accounts) => {
        if (account) await accounts.put({ key: LAST, value: account });
        else await accounts.delete(LAST);
      }),
    async devices() {
      const rows = await inAccounts((accounts) => accounts.where('key').startsWith(DEVICE).toArray());
      return rows.flatMap(({ value }) => deviceRecordSchema.safeParse(value).data ?? []);
    },
    setDevice: (record) =>
      inAccounts(async (accounts) => void (await accounts.put({ key: DEVICE + record.database, value: record }))),
    dropDevice: (database) => inAccounts((accounts) => accounts.delete(DEVICE + database)),
    endOwed: async () => (await inAccounts((accounts) => accounts.get(END_OWED))) !== undefined,
    setEndOwed: (owed) =>
      inAccounts(async (accounts) => {
        if (owed) await accounts.put({ key: END_OWED, value: true });
        else await accounts.delete(END_OWED);
      }),
    notice: async () =>
      z.string().safeParse((await inAccounts((accounts) => accounts.get(NOTICE)))?.value).data ?? null,
    setNotice: (words) =>
      inAccounts(async (accounts) => {
        if (words !== null) await accounts.put({ key: NOTICE, value: words });
        else await accounts.delete(NOTICE);
      }),
  };
}

async function inAccounts<T>(work: (accounts: Accounts['accounts']) => Promise<T>): Promise<T> {
  const db = new Dexie('muster-accounts') as Accounts;
  db.version(1).stores({ accounts: 'key' });
  try {
    return await work(db.accounts);
  } finally {
    db.close();
  }
}
