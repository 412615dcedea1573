/**
 * Double opt-in: who signs up by a form is written to only after they said yes by a link that only their mailbox has.
 * An address nobody knew is held as "unconfirmed" before its contact is written, so that nothing can go out in between.
 * What stands against an address (it left, bounced or complained) stands until the same yes: it is an act of its own.
 */
import { randomUUID } from 'node:crypto';
import { readBody } from '#server/deliveries/drafts.ts';
import { insertEvents } from '#server/intake/insert-events.ts';
import type { Database, Tx } from '#server/storage/database.ts';
import { mayMailAgain, OPT_IN_DAYS, OPT_IN_ID, type OptIn, optInSchema } from '#shared/consent/opt-in.schema.ts';
import { fold } from '#shared/kernel/fold.ts';
import { lockAddresses, resubscribeAddresses, sayOfAddresses } from './addresses.ts';
import type { Word } from './consent-ledger.ts';
import { subscribe } from './subscriptions.ts';

const VALID_MS = OPT_IN_DAYS * 86_400_000;

type Row = {
  id: string;
  contact_id: number;
  address: string;
  categories: string[];
  form: string | null;
  requested_at: Date;
  expires_at: Date;
  mails: number;
  first_mail_at: Date | null;
  sent_at: Date | null;
  text_version: string | null;
  confirmed_at: Date | null;
};

/** The words of the mail, when people are to be asked; null: a form is believed. */
export async function readOptIn(db: Pick<Database, 'query'>): Promise<OptIn | null> {
  const found = await readBody(db, 'setting', OPT_IN_ID, optInSchema);
  return found?.on ? found : null;
}

/** Before the contact is written: an address nobody knows gets no mail until its owner answered. */
export async function holdAddress(tx: Tx, email: string, word: Word): Promise<void> {
  await lockAddresses(tx, [email]);
  const { rows } = await tx.query(
    `select 1 from suppression where channel = 'email' and address = $1
     union all select 1 from identifier i join contact c on c.id = i.contact_id
      where i.kind = 'email' and i.value = $1 and c.deleted_at is null`,
    [fold(email)],
  );
  if (rows.length === 0) await sayOfAddresses(tx, [email], 'unconfirmed', word);
}

export type Request = { contactId: number; email: string; categories: readonly string[]; form: string | null };

/** Asks, unless there is nothing to ask: mail may go there, and they subscribe to all of it already. */
export async function askToConfirm(tx: Tx, request: Request, now: number): Promise<'asked' | 'nothing'> {
  const { contactId, categories, form } = request;
  const address = fold(request.email);
  await lockAddresses(tx, [address]);
  const { rows: open } = await tx.query<{ waits: boolean }>(
    `select exists (select 1 from suppression where channel = 'email' and address = $1)
         or exists (select 1 from unnest($3::text[]) as key
                     where not exists (select 1 from membership m where m.contact_id = $2
                                        and m.list_id = 'category:' || key and m.state = 'subscribed')) as waits`,
    [address, contactId, categories],
  );
  if (!open[0]?.waits) return 'nothing';
  const { rows } = await tx.query<Row>(
    `insert into opt_in (id, contact_id, address, categories, form, requested_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (address, contact_id) where confirmed_at is null do update set
       categories = (select coalesce(jsonb_agg(distinct key), '[]')
                       from jsonb_array_elements(opt_in.categories || excluded.categories) as key),
       form = excluded.form, requested_at = excluded.requested_at, expires_at = excluded.expires_at
     returning *`,
    [randomUUID(), contactId, address, JSON.stringify(categories), form, new Date(now), new Date(now + VALID_MS)],
  );
  for (const row of rows) await mailAgain(tx, row, now);
  return 'asked';
}

/** Whether the mail is (or was just) on its way; no more than its owner can be expected to bear. */
async function mailAgain(tx: Tx, row: Row, now: number): Promise<boolean> {
  const first = row.first_mail_at?.getTime() ?? null;
  if (!mayMailAgain({ mails: row.mails, firstMailAt: first, sentAt: row.sent_at?.getTime() ?? null }, now))
    return false;
  await tx.query('update opt_in set next_at = $2, attempts = 0, problem = null where id = $1', [row.id, new Date(now)]);
  return true;
}

export type Standing = 'open' | 'confirmed' | 'expired' | 'gone';

const standingOf = (row: Row | undefined, now: number): Standing =>
  !row ? 'gone' : row.confirmed_at ? 'confirmed' : row.expires_at.getTime() <= now ? 'expired' : 'open';

export async function optInStanding(db: Pick<Database, 'query'>, id: string, now: number): Promise<Standing> {
  const [row] = await db.query<Row>('select * from opt_in where id = $1', [id]);
  return standingOf(row, now);
}

/** The row, with its address locked: addresses come before everything else. */
async function lockOptIn(tx: Tx, id: string): Promise<Row | undefined> {
  const { rows: known } = await tx.query<{ address: string }>('select address from opt_in where id = $1', [id]);
  await lockAddresses(
    tx,
    known.map(({ address }) => address),
  );
  const { rows } = await tx.query<Row>('select * from opt_in where id = $1 for update', [id]);
  return rows[0];
}

/**
 * The person said yes: mail to the address is allowed, whatever stood against it, and the categories are theirs. Once: the
 * link of somebody who left afterwards brings nobody back. Answers how it stood before.
 */
export async function confirmOptIn(tx: Tx, id: string, visit: { at: number; from: string }): Promise<Standing> {
  const row = await lockOptIn(tx, id);
  const standing = standingOf(row, visit.at);
  if (!row || standing !== 'open') return standing;
  const asked = `asked ${row.requested_at.toISOString()}${row.form === null ? '' : ` by form ${row.form}`}`;
  const mailed = row.sent_at ? `, mailed ${row.sent_at.toISOString()}` : '';
  const word: Word = {
    source: 'person',
    at: visit.at,
    textVersion: row.text_version,
    evidence: `Confirmed by the link of an email (${asked}${mailed}), from ${visit.from}`,
  };
  await resubscribeAddresses(tx, [row.address], word);
  const contactId = await survivorOf(tx, row.contact_id);
  if (contactId !== null) {
    if (row.categories.length > 0) await subscribe(tx, [contactId], row.categories, word);
    const params = { contactId, email: row.address, formType: row.form, subscriptions: row.categories };
    await insertEvents(tx, [
      {
        owner: contactId,
        type: 'subscriptionConfirmed',
        at: visit.at,
        keyValue: String(contactId),
        params,
        source: 'Form',
      },
    ]);
  }
  await tx.query('update opt_in set confirmed_at = $2, next_at = null where id = $1', [id, new Date(visit.at)]);
  return 'open';
}

async function survivorOf(tx: Tx, contactId: number): Promise<number | null> {
  const { rows } = await tx.query<{ id: number }>(
    `select c.id from contact c where c.deleted_at is null
        and c.id = coalesce((select survivor from contact_alias where id = $1), $1)`,
    [contactId],
  );
  return rows[0]?.id ?? null;
}

/** A new mail for who came too late. False: there were too many, or there is nothing to ask any more. */
export async function askAgain(tx: Tx, id: string, now: number): Promise<boolean> {
  const row = await lockOptIn(tx, id);
  if (!row || row.confirmed_at || !(await mailAgain(tx, row, now))) return false;
  await tx.query('update opt_in set expires_at = $2 where id = $1', [id, new Date(now + VALID_MS)]);
  return true;
}

/** Erasing a contact: what was asked of it, and of addresses nobody else has. */
export async function eraseOptIns(tx: Tx, contactId: number, emails: readonly string[]): Promise<void> {
  await tx.query(
    `delete from opt_in o
      where o.contact_id = $1
         or (o.address = any($2::text[])
             and not exists (select 1 from identifier i
                              where i.kind = 'email' and i.value = o.address and i.contact_id <> $1))`,
    [contactId, emails],
  );
}
