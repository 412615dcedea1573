import type { DataApi, LocalData } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { HeldManifest } from '#renderer/data/sync/kept-chunks.ts';
import type { TableName } from '#shared/columns/tables.ts';
import type { OpenAccount } from './open-account.ts';
import type { Session } from './session.ts';

type Part = LocalData['parts'][number];
/** Rows are counted in the first table of a part. */
const parts: readonly { what: Part['what']; tables: readonly TableName[] }[] = [
  { what: 'contacts', tables: ['contact', 'contactField'] },
  { what: 'personal', tables: ['contactPersonal', 'contactFieldPersonal'] },
  { what: 'orders', tables: ['order', 'orderLine'] },
  { what: 'events', tables: ['event'] },
  { what: 'deliveries', tables: ['delivery'] },
  { what: 'memberships', tables: ['membership'] },
];

/** What is on this device, and what is to be. */
export function localAnswers(
  session: Session,
  platform: Platform,
): Pick<DataApi, 'redownload' | 'localData' | 'setKeep'> {
  return {
    async redownload() {
      const { connection } = await session.account();
      // Without the server there would be nothing to fetch.
      await connection.attempt(() => platform.server.rpc.system.me.query());
      await session.startOver({ restored: false, chunks: true });
    },
    async localData() {
      const storage = await platform.storage();
      return session.ask(async (account) => ({
        parts: [...partsOf(account.columns.held), await documentsPart(account)],
        since: account.device.record.since,
        lost: account.device.record.lost,
        keep: account.device.record.keep,
        usage: storage && { used: storage.used, quota: storage.quota },
        persisted: storage?.persisted ?? false,
      }));
    },
    setKeep: (keep) => session.setKeep(keep),
  };
}

function partsOf(held: HeldManifest | null): Part[] {
  return parts.map(({ what, tables }) => {
    const refs = held?.chunks.filter(({ table }) => tables.includes(table)) ?? [];
    const times = refs.flatMap(({ from, to }) => [from, to]).filter((at) => at !== null);
    return {
      what,
      rows: refs.filter(({ table }) => table === tables[0]).reduce((sum, { rows }) => sum + rows, 0),
      bytes: refs.reduce((sum, { bytes }) => sum + bytes, 0),
      from: times.length > 0 ? Math.min(...times) : null,
      to: times.length > 0 ? Math.max(...times) : null,
    };
  });
}

/** What the part's name names; the rest of what people edit is small and counted with its bytes only. */
const COUNTED: readonly string[] = ['segment', 'message', 'campaign'];

async function documentsPart({ store }: OpenAccount): Promise<Part> {
  const rows = await store.db.documents.find().exec();
  const bytes = rows.reduce((sum, row) => sum + JSON.stringify(row.toJSON()).length, 0);
  return {
    what: 'documents',
    rows: rows.filter(({ kind, removed }) => !removed && COUNTED.includes(kind)).length,
    bytes,
    from: null,
    to: null,
  };
}
