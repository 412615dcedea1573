/** Somebody who has left traces in every table, and a search for them that knows no table by name. */
import { gunzipSync } from 'node:zlib';
import type { Database } from '#server/storage/database.ts';
import { decodeChunk } from '#shared/columns/chunk.ts';
import { rowsOf } from '#shared/columns/rows.ts';

/** Texts of the one person that occur nowhere else; the phone also as its digits. */
export const markers = [
  'zzmark',
  'Markerina',
  'Markerson',
  'Marker Street',
  'ERASE-77',
  '380671239876',
  'Markerville',
] as const;
export const PERSON = 7;
export const NEIGHBOUR = 8;
const EMAIL = 'zzmark@erase.example';
const PHONE = '+380671239876';

/** Writes the person and a neighbour who shares a campaign, an import and the log. */
export async function leaveTraces(db: Database, at: Date): Promise<void> {
  await db.query(
    `insert into contact (id, external_customer_id, email, email_fold, phone, first_name, first_name_fold, last_name, last_name_fold,
       address, address_fold, town, town_fold, country, fields, created_at, updated_at)
     values ($1, 'ERASE-77', $3, $3, $4, 'Markerina', 'markerina', 'Markerson', 'markerson', 'Marker Street 1', 'marker street 1',
       'Markerville', 'markerville', 'UA', '{"field:0000bbbb": "Markerina likes tea", "field:0000aaaa": "Gold"}', $5, $5),
       ($2, 'OTHER-1', 'other@shop.example', 'other@shop.example', '+380501112233', 'Olha', 'olha', 'Other', 'other', 'Street 2',
       'street 2', 'Lviv', 'lviv', 'UA', '{}', $5, $5)`,
    [PERSON, NEIGHBOUR, EMAIL, PHONE, at],
  );
  await db.query(
    `insert into identifier (kind, value, contact_id) values ('externalCustomerId', 'ERASE-77', $1), ('email', $3, $1), ('phone', $4, $1),
       ('email', 'old-zzmark@erase.example', $1), ('email', 'other@shop.example', $2)`,
    [PERSON, NEIGHBOUR, EMAIL, PHONE],
  );
  await db.query(
    `insert into suppression (channel, address, reason) values ('email', $1, 'unsubscribed'), ('email', 'other@shop.example', 'bounced')`,
    [EMAIL],
  );
  await leaveActivity(db, at);
  await leaveInputs(db);
  await leaveDocuments(db);
  await leaveMerge(db, at);
}

/** A merge that was taken back, and what led to the card before it was deleted once. */
async function leaveMerge(db: Database, at: Date): Promise<void> {
  const identifiers = [{ kind: 'email', value: EMAIL, since: null, source: null, had: false }];
  await put(db, 'contact_merge', {
    ...{ survivor: NEIGHBOUR, merged: PERSON, cause: 'person', at, undone_at: at },
    ...{ filled: { firstName: 'Markerina' }, filled_fields: {}, identifiers, via: [] },
  });
  await put(db, 'bulk_change', { job_id: 'b1', contact_id: PERSON, before: 'Markerina', after: 'Ann' });
  await put(db, 'deleted_identifier', { kind: 'loyaltyNumber', value: 'ZZMARK-1', contact_id: PERSON });
}

/** An additional field, as its document says it. */
const additional = (key: string, type: string, personal: boolean) => ({
  listName: 'Extra',
  listKey: 'EXTRA',
  key,
  label: key,
  type,
  personal,
  allowedValues: type === 'choice' ? ['Gold', 'Silver'] : [],
});

/** Rows with the given columns; the rest by default. */
async function put(db: Database, table: string, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row).join(', ');
  await db.query(`insert into ${table} (${names}) select ${names} from jsonb_populate_record(null::${table}, $1)`, [
    JSON.stringify(row),
  ]);
}

/** The ledger numbers its rows itself. */
async function leaveConsent(db: Database, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row);
  await db.query(
    `insert into consent (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
    Object.values(row),
  );
}

async function leaveActivity(db: Database, at: Date): Promise<void> {
  await db.query(`insert into event_type (key) values ('viewed')`);
  const [type] = await db.query<{ id: number }>('select id from event_type');
  const people = [
    { contact_id: PERSON, row_id: 3, name: 'Markerina', email: EMAIL, mailed: 'old-zzmark@erase.example' },
    { contact_id: NEIGHBOUR, row_id: 4, name: 'Olha', email: 'other@shop.example', mailed: 'other@shop.example' },
  ];
  for (const { contact_id, row_id, name, email, mailed } of people) {
    const external_order_id = `order ${row_id}`;
    await put(db, 'orders', {
      ...{ contact_id, row_id, external_order_id, at, status: 'DELIVERED', currency: 'GBP', gross: 25_500 },
      ...{ gross_lines: 1, line_count: 1, extra: { shipTo: name }, source: 'API', digest: 'abc' },
    });
    await put(db, 'order_line', {
      ...{ contact_id, order_row_id: row_id, line_no: 1, external_item_id: 'mug', name: 'Mug' },
      ...{ quantity: 1_000, price: 25_500, extra: { engraved: name } },
    });
    await put(db, 'order_registry', { external_order_id, contact_id, row_id });
    const params = { who: name, brand: `${name} & Co` };
    await put(db, 'event', { contact_id, row_id, at, type_id: type?.id, key_value: email, params, source: 'API' });
    const sent = { contact_id, row_id, id: `d${row_id}`, campaign_id: 'c1', address: mailed, created_at: at };
    await put(db, 'delivery', { ...sent, state: 'sent', response: `250 to ${mailed}`, sent_at: at });
    const queued = { contact_id, row_id: row_id + 8, campaign_id: 'c2' };
    await put(db, 'delivery', { ...queued, id: `e${row_id}`, address: email, state: 'queued', created_at: at });
    await put(db, 'outbox', { ...queued, bucket: 1, next_at: at });
    await put(db, 'membership', { contact_id, row_id, list_id: 'vip', state: 'member', since: at, source: 'API' });
    const consent = { channel: 'email', purpose: 'all', act: 'withdrawn', source: 'api', at };
    await leaveConsent(db, { ...consent, contact_id, address: email, evidence: `${name} wrote a letter` });
    await leaveConsent(db, { ...consent, contact_id: 0, address: mailed, reason: `${name} never came back` });
    await put(db, 'opt_in', {
      ...{ id: `o${row_id}`, contact_id, address: mailed, categories: [], requested_at: at, expires_at: at },
      ...{ attempts: 0, mails: 0, problem: `550 ${name}` },
    });
    await put(db, 'delivery_activity', {
      contact_id,
      row_id,
      at,
      kind: 'click',
      url: `https://shop.example/?u=${name}`,
    });
  }
  await put(db, 'test_send', { id: 't1', sent_to: 'ZZMark@erase.example', sent_at: at, sent_by: 'u1' });
}

/** What waits in the log and what was not taken from a file: of the person, of the neighbour. */
async function leaveInputs(db: Database): Promise<void> {
  const payloads = [
    { contactId: PERSON, values: {}, type: 'viewed', params: { who: 'Markerina' } },
    { values: { email: EMAIL }, type: 'viewed', params: {} },
    { values: { externalCustomerId: 'ERASE-77' }, params: { to: 'Marker Street' } },
    { values: { phone: PHONE } },
    { values: { email: 'other@shop.example' } },
  ];
  for (const [at, payload] of payloads.entries()) {
    await db.query(`insert into intake (bucket, kind, payload) values ($1, 'contact', $2)`, [at, payload]);
    await db.query(
      `insert into intake_parked (id, bucket, kind, payload, received_at, error) values ($1, 1, 'contact', $2, now(), 'no')`,
      [at, payload],
    );
  }
  await put(db, 'import_change', {
    ...{ import_id: 'i1', contact_id: PERSON, before: { values: { firstName: 'Markerina' } }, after: {} },
  });
  const lines = [
    'x;zzMARK@erase.example;1',
    'x;0671239876',
    'ERASE-77,x',
    '"Markerson","Markerina",',
    'other@shop.example,ERASE,77',
  ];
  for (const [line, raw] of lines.entries()) {
    await db.query(`insert into import_reject (import_id, line, reason, raw) values ('i1', $1, 'bad', $2)`, [
      line,
      raw,
    ]);
  }
}

async function leaveDocuments(db: Database): Promise<void> {
  const edit = (contactId: number, to: string) => ({ contactId, field: 'firstName', from: null, to, at: 1 });
  const review = (contactId: number, kept: string) => ({
    about: { kind: 'contact-edit', id: 'x', name: '', contactId },
    fields: [{ field: 'firstName', kept, lost: 'Ann', personal: true }],
    keptBy: null,
    lostBy: null,
    at: 1,
    reason: 'merge',
    settledBy: [],
  });
  const parameters = [{ key: 'brand', kind: 'text', slot: 0 }];
  const documents: [string, string, object][] = [
    ['edit-1', 'contact-edit', edit(PERSON, 'Markerina')],
    ['edit-2', 'contact-edit', edit(NEIGHBOUR, 'Olha')],
    ['review-1', 'review', review(PERSON, 'Markerina')],
    ['review-2', 'review', review(NEIGHBOUR, 'Olha')],
    ['field:0000bbbb', 'contact-field', additional('NOTE', 'text', true)],
    ['field:0000aaaa', 'contact-field', additional('LEVEL', 'choice', false)],
    ['event-type:viewed', 'event-type', { key: 'viewed', parameters }],
  ];
  for (const [at, [id, kind, body]] of documents.entries()) {
    await db.query(`insert into document (id, kind, schema_version, rev, body) values ($1, $2, 1, $3, $4)`, [
      id,
      kind,
      at + 1,
      body,
    ]);
  }
  await db.query('update feed_counter set version = greatest(version, 10)');
}

const holdsMarker = (text: string): boolean => {
  const folded = text.toLowerCase();
  return markers.some((marker) => folded.includes(marker.toLowerCase()));
};

/** Tables with a row that names the person, whatever the tables are; chunks are unpacked. */
export async function tablesWithTraces(db: Database): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows =
      name === 'chunk_blob'
        ? (await db.query<{ data: Buffer }>('select data from chunk_blob')).map(({ data }) => chunkText(data))
        : (await db.query<{ text: string }>(`select t::text as text from ${name} t`)).map(({ text }) => text);
    if (rows.some(holdsMarker)) found.push(name);
  }
  return found.sort();
}

/** Everything a chunk says, decoded as a client does, and its raw bytes. */
function chunkText(data: Buffer): string {
  const bytes = new Uint8Array(gunzipSync(data));
  return JSON.stringify(rowsOf(decodeChunk(bytes))) + Buffer.from(bytes).toString('latin1');
}

export const mentions = (answer: unknown): boolean => holdsMarker(JSON.stringify(answer));
