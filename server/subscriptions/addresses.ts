/**
 * What is said of an address and all mail to it: it holds for every contact that has the address, and for no other channel.
 * Table `suppression` is what sending asks; the ledger keeps who said what. An address is locked before its contacts.
 */
import { bucketOf } from '#server/identity/buckets.ts';
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { type ConsentAct, decideConsent, NOTHING_SAID, type Refusal, type Standing } from '#shared/consent/decide.ts';
import { fold } from '#shared/kernel/fold.ts';
import { ALL_MAIL, appendToLedger, type LedgerRow, type Word } from './consent-ledger.ts';

export type SuppressionReason = 'unconfirmed' | 'unsubscribed' | 'bounced' | 'complained';

const reasonOf: Record<Exclude<ConsentAct, 'granted'>, SuppressionReason> = {
  unconfirmed: 'unconfirmed',
  withdrawn: 'unsubscribed',
  bounced: 'bounced',
  complained: 'complained',
};
const stateOf = (reason: string): ConsentAct =>
  reason === 'complained' || reason === 'bounced' || reason === 'unconfirmed' ? reason : 'withdrawn';

/** Any fixed number: it only has to be the same in every Muster. */
const ADDRESS_LOCK = 77_213_009;

/** Addresses, folded, of which something was not taken, with why. */
export type RefusedAddresses = Map<string, Refusal>;

/** No more mail to these addresses, whoever has them. Who complained stays so. */
export function unsubscribeAddresses(tx: Tx, emails: readonly string[], word: Word): Promise<RefusedAddresses> {
  return sayOfAddresses(tx, emails, 'withdrawn', word);
}

/** Mail may go to these addresses again, as far as the word reaches (see decideConsent). */
export function resubscribeAddresses(tx: Tx, emails: readonly string[], word: Word): Promise<RefusedAddresses> {
  return sayOfAddresses(tx, emails, 'granted', word);
}

/** Locks what is said of addresses until the transaction's end: for who writes their contacts first. */
export async function lockAddresses(tx: Tx, emails: readonly string[]): Promise<void> {
  const buckets = [...new Set(emails.map((email) => bucketOf(fold(email))))].sort((a, b) => a - b);
  await tx.query('select pg_advisory_xact_lock($1, bucket) from unnest($2::int[]) as bucket', [ADDRESS_LOCK, buckets]);
}

/** Takes contact rows in id order. `times`: when it was said of single addresses, folded. Answers what was not taken. */
export async function sayOfAddresses(
  tx: Tx,
  emails: readonly string[],
  act: ConsentAct,
  word: Word,
  times: ReadonlyMap<string, number> = new Map(),
): Promise<RefusedAddresses> {
  const refused: RefusedAddresses = new Map();
  const addresses = [...new Set(emails.map(fold))].filter((address) => address !== '').sort();
  if (addresses.length === 0) return refused;
  await lockAddresses(tx, addresses);
  const standings = await readStandings(tx, addresses);
  const taken: string[] = [];
  for (const address of addresses) {
    const standing = standings.get(address) ?? NOTHING_SAID;
    const decision = decideConsent(standing, {
      act,
      source: word.source,
      at: times.get(address) ?? word.at,
      evidence: word.evidence ?? null,
    });
    if (decision.taken) taken.push(address);
    else refused.set(address, decision.why);
  }
  await store(tx, taken, act, word, times);
  return refused;
}

async function readStandings(tx: Tx, addresses: readonly string[]): Promise<Map<string, Standing>> {
  const { rows } = await tx.query<{ address: string; reason: string; created_at: Date }>(
    `select address, reason, created_at from suppression where channel = 'email' and address = any($1::text[]) for update`,
    [addresses],
  );
  return new Map(
    rows.map(({ address, reason, created_at }) => [address, { state: stateOf(reason), since: created_at.getTime() }]),
  );
}

async function store(
  tx: Tx,
  addresses: readonly string[],
  act: ConsentAct,
  word: Word,
  times: ReadonlyMap<string, number>,
): Promise<void> {
  if (addresses.length === 0) return;
  if (act === 'granted') {
    await tx.query(`delete from suppression where channel = 'email' and address = any($1::text[])`, [addresses]);
  } else {
    await tx.query(
      `insert into suppression (channel, address, reason, created_at)
       select 'email', address, $2, at from unnest($1::text[], $3::timestamptz[]) as a (address, at)
       on conflict (channel, address) do update set reason = excluded.reason, created_at = excluded.created_at`,
      [addresses, reasonOf[act], addresses.map((address) => new Date(times.get(address) ?? word.at).toISOString())],
    );
  }
  const { rows: holders } = await tx.query<{ id: number; address: string }>(
    `select c.id, i.value as address from identifier i join contact c on c.id = i.contact_id
      where i.kind = 'email' and i.value = any($1::text[]) and c.deleted_at is null
      order by c.id for update of c`,
    [addresses],
  );
  await showStatus(tx, addresses, word.at);
  const held = new Set(holders.map(({ address }) => address));
  const row = (contactId: number, address: string): LedgerRow => {
    const at = times.get(address);
    return { contactId, address, purpose: ALL_MAIL, act, ...(at === undefined ? {} : { at }) };
  };
  const rows = holders.map(({ id, address }) => row(id, address));
  // Nobody has it yet: it is remembered for whoever comes with it.
  for (const address of addresses) if (!held.has(address)) rows.push(row(0, address));
  await appendToLedger(tx, rows, word);
}

/** Every contact whose first address it is shows it. */
async function showStatus(tx: Tx, addresses: readonly string[], at: number): Promise<void> {
  await tx.query(
    'select id from contact where email_fold = any($1::text[]) and deleted_at is null order by id for update',
    [addresses],
  );
  const { rows } = await tx.query<{ id: number }>(
    `update contact c set email_status = coalesce(s.reason, 'subscribed'), updated_at = $2
       from unnest($1::text[]) as a (address)
       left join suppression s on s.channel = 'email' and s.address = a.address collate "C"
      where c.email_fold = a.address collate "C" and c.deleted_at is null
        and c.email_status <> coalesce(s.reason, 'subscribed')
      returning c.id`,
    [addresses, new Date(at)],
  );
  await markDirty(
    tx,
    'contact',
    rows.map(({ id }) => id),
  );
}
