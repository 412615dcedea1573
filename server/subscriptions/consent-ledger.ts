/** The consent ledger: what was said about mail to whom, by whom and when. Only added to; nothing reads it to decide. */
import { raiseConsent } from '#server/intake/system-events.ts';
import type { Database, Tx } from '#server/storage/database.ts';
import type { ConsentRecord } from '#shared/api/ports.ts';
import type { ConsentAct, ConsentSource } from '#shared/consent/decide.ts';

/** Purpose of what concerns all mail to an address. */
export const ALL_MAIL = 'all';

/** Who says something, and what speaks for it. */
export type Word = {
  source: ConsentSource;
  /** Epoch ms of the act itself. */
  at: number;
  /** Which wording was agreed to. */
  textVersion?: string | null;
  /** How it can be shown: without it a file raises nothing. */
  evidence?: string | null;
  /** Why somebody left. */
  reason?: string | null;
  /** The member who wrote it down. */
  by?: string | null;
};

export type LedgerRow = {
  contactId: number;
  address: string | null;
  purpose: string;
  act: ConsentAct;
  /** Where it is another time than the word's. */
  at?: number;
};

const storable = (text: string | null | undefined, limit: number): string | null =>
  text?.trim() ? text.trim().slice(0, limit) : null;

export async function appendToLedger(tx: Tx, rows: readonly LedgerRow[], word: Word): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into consent (contact_id, channel, address, purpose, act, source, at, text_version, evidence, reason, by)
     select contact_id, 'email', address, purpose, act, $5, at, $7, $8, $9, $10
       from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $6::timestamptz[])
              as r (contact_id, address, purpose, act, at)`,
    [
      rows.map(({ contactId }) => contactId),
      rows.map(({ address }) => address),
      rows.map(({ purpose }) => purpose),
      rows.map(({ act }) => act),
      word.source,
      rows.map(({ at }) => new Date(at ?? word.at).toISOString()),
      storable(word.textVersion, 200),
      storable(word.evidence, 2_000),
      storable(word.reason, 500),
      word.by ?? null,
    ],
  );
  await raiseConsent(tx, rows, word);
}

/** Everything the ledger knows of a contact, newest first. */
export function consentOf(db: Pick<Database, 'query'>, contactId: number): Promise<ConsentRecord[]> {
  return db.query<ConsentRecord>(
    `select (extract(epoch from at) * 1000)::bigint as at, act, source, address, purpose,
       text_version as "textVersion", evidence, reason, by
     from consent where contact_id = $1 order by id desc`,
    [contactId],
  );
}

/** Erasing a contact: what the ledger says of it and of addresses nobody else has. */
export async function eraseFromLedger(tx: Tx, contactId: number, emails: readonly string[]): Promise<void> {
  await tx.query(
    `delete from consent c
      where c.contact_id = $1
         or (c.contact_id = 0 and c.address = any($2::text[])
             and not exists (select 1 from identifier i
                              where i.kind = 'email' and i.value = c.address and i.contact_id <> $1))`,
    [contactId, emails],
  );
}
