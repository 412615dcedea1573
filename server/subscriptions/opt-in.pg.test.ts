/** Signing up with a confirmation by email: a real server, a real SMTP server, and the link as a reader opens it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { writeDocument } from '#server/sync/document-store.ts';
import { mayMailAgain, OPT_IN_DAYS, OPT_IN_ID } from '#shared/consent/opt-in.schema.ts';
import { must } from '#shared/kernel/assert.ts';
import { startTestApp, type TestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { addCategory } from '#tests/support/consent-stage.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { type SmtpSink, startSmtpSink } from '#tests/support/smtp-sink.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let database: TestDatabase;
let app: TestApp;
let sink: SmtpSink;
let authorization = '';
let now = Date.UTC(2026, 10, 23, 12);
let people = 0;
let email = '';

const set = (kind: 'setting', id: string, body: Record<string, unknown>) =>
  database.db.tx((tx) => writeDocument(tx, kind, id, body));
const ask = { subject: 'Really you?', text: 'Hello.\n\nSay yes <please>.' };

beforeAll(async () => {
  database = await createTestDatabase();
  sink = await startSmtpSink();
  app = await startTestApp({
    env: { MUSTER_DATABASE_URL: database.url, MUSTER_SMTP_URL: sink.url },
    now: () => now,
  });
  authorization = `Basic ${btoa(`:${(await app.ports.apiKeys.create(caller, { scope: 'full', name: '' })).key}`)}`;
  await set('setting', 'sender', { fromName: 'Shop', fromEmail: 'shop@x.test', replyTo: '' });
  for (const key of ['news', 'sales']) await addCategory(database.db, key);
});
beforeEach(async () => {
  await set('setting', OPT_IN_ID, { on: true, ...ask });
  email = `p${++people}@mail.test`;
  sink.mails.length = 0;
  sink.refuse = {};
});
afterEach(() => {
  now += 60 * DAY;
});
afterAll(async () => {
  await app.stop();
  await sink.close();
  await database.drop();
});

async function signUp(subscriptions: string[] = ['news'], formType = 'footer', address = email): Promise<number> {
  // Not the very same request: that would be answered as a duplicate.
  const contact = { firstName: 'Ann', channels: [{ type: 'email', value: address }] };
  const answer = await fetch(`${app.url}/api/v1/contact/subscribe?at=${now}.${Math.random()}`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify({ contact, subscriptions, formType }),
  });
  expect(answer.status).toBe(200);
  return z.strictObject({ id: z.number() }).parse(await answer.json()).id;
}

const mailed = (count: number) =>
  vi.waitFor(() => expect(sink.mails.map(({ to }) => to)).toEqual(Array(count).fill(email)), { timeout: 10_000 });
/** The link of the last mail, at the address the server really has. */
function link(): string {
  const [, path = ''] = /\/(confirm\/\S+)/.exec(sink.mails.at(-1)?.parsed.text ?? '') ?? [];
  return `${app.url}/${path}`;
}
const openLink = async (method: 'GET' | 'POST' = 'GET', body = 'what=yes', url = link()) => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(url, method === 'GET' ? {} : { method, headers: form, body });
  return { status: answer.status, title: /<h1>(.*?)<\/h1>/.exec(await answer.text())?.[1] };
};
const statusOf = async (id: number) =>
  (await database.db.query<{ status: string }>('select email_status as status from contact where id = $1', [id]))[0]
    ?.status;
const categoriesOf = async (id: number) =>
  (
    await database.db.query<{ list: string }>(
      `select list_id as list from membership where contact_id = $1 and state = 'subscribed' order by 1`,
      [id],
    )
  ).map(({ list }) => list);

test('nothing is sent or subscribed to before the yes, and then all of it, with evidence of the very wording', async () => {
  const id = await signUp();
  expect([await statusOf(id), await categoriesOf(id)]).toEqual(['unconfirmed', []]);
  await mailed(1);
  const { parsed, from } = must(sink.mails[0], 'a mail');
  expect([from, parsed.subject, parsed.headers.has('list-unsubscribe')]).toEqual(['shop@x.test', ask.subject, false]);
  expect(parsed.html).toContain('Say yes &lt;please&gt;.');
  // Whoever opens links for others says no yes.
  for (let at = 0; at < 2; at++) expect(await openLink()).toEqual({ status: 200, title: 'Confirm your subscription' });
  expect(await statusOf(id)).toBe('unconfirmed');
  now += MINUTE;
  expect(await openLink('POST')).toEqual({ status: 200, title: 'Your subscription is confirmed' });
  expect([await statusOf(id), await categoriesOf(id)]).toEqual(['subscribed', ['category:news']]);
  const ledger = await app.ports.consent.history(caller, id);
  expect(ledger.map(({ act, source, purpose }) => `${act} ${source} ${purpose}`).toSorted()).toEqual([
    'granted person all',
    'granted person category:news',
  ]);
  const [{ textVersion, evidence } = { textVersion: null, evidence: null }] = ledger;
  expect(evidence).toMatch(
    /^Confirmed by the link of an email \(asked .*Z by form footer, mailed .*Z\), from 127\.0\.0\.1$/,
  );
  expect(await database.db.query('select subject, body from opt_in_text where version = $1', [textVersion])).toEqual([
    { subject: ask.subject, body: ask.text },
  ]);
  expect(
    await database.db.query(
      `select e.params from event e join event_type t on t.id = e.type_id
        where e.contact_id = $1 and t.key = 'subscriptionConfirmed'`,
      [id],
    ),
  ).toMatchObject([{ params: { email, formType: 'footer', subscriptions: ['news'] } }]);
});

test('the link works once: it brings nobody back who left afterwards', async () => {
  const id = await signUp();
  await mailed(1);
  await openLink('POST');
  now += MINUTE;
  await app.ports.consent.setMail(caller, { contactId: id, allowed: false, evidence: null });
  now += MINUTE;
  expect(await openLink()).toEqual({ status: 200, title: 'This link was used before' });
  expect(await openLink('POST')).toEqual({ status: 200, title: 'This link was used before' });
  expect(await statusOf(id)).toBe('unsubscribed');
  expect(await openLink('POST', 'what=yes', `${link()}x`)).toMatchObject({ status: 400 });
});

test('after its time a link says so and a new one can be had, but not at once again', async () => {
  const id = await signUp();
  await mailed(1);
  now += OPT_IN_DAYS * DAY;
  expect(await openLink()).toEqual({ status: 200, title: 'This link is too old' });
  expect(await openLink('POST')).toEqual({ status: 200, title: 'This link is too old' });
  expect(await statusOf(id)).toBe('unconfirmed');
  expect(await openLink('POST', 'what=again')).toEqual({ status: 200, title: 'A new link is on its way' });
  await mailed(2);
  expect(await openLink('POST', 'what=again')).toEqual({ status: 200, title: 'Not yet' });
  expect(await openLink('POST')).toMatchObject({ title: 'Your subscription is confirmed' });
  expect(await statusOf(id)).toBe('subscribed');
});

test('who signs up again and again gets few mails, and confirms everything at once', async () => {
  const id = await signUp(['news']);
  await mailed(1);
  expect(await signUp(['sales'], 'popup')).toBe(id);
  now += 5 * MINUTE;
  await signUp(['sales'], 'popup');
  await mailed(2);
  await openLink('POST');
  expect(await categoriesOf(id)).toEqual(['category:news', 'category:sales']);
  expect(await database.db.query('select mails from opt_in where contact_id = $1', [id])).toEqual([{ mails: 2 }]);
  // Nothing is left to ask.
  now += 10 * MINUTE;
  await signUp(['sales'], 'again');
  expect(await database.db.query('select 1 from opt_in where contact_id = $1', [id])).toHaveLength(1);
});

test('a customer who is written to already stays so; only what is new waits for the answer', async () => {
  const contact = { channels: [{ type: 'email', value: email }] };
  const body = JSON.stringify(contact);
  const answer = await fetch(`${app.url}/api/v1/contact`, { method: 'POST', headers: { authorization }, body });
  const { id } = z.object({ id: z.number() }).parse(await answer.json());
  expect(await signUp(['news'])).toBe(id);
  expect([await statusOf(id), await categoriesOf(id)]).toEqual(['subscribed', []]);
  await mailed(1);
  await openLink('POST');
  expect([await statusOf(id), await categoriesOf(id)]).toEqual(['subscribed', ['category:news']]);
});

test.each(['unsubscribed', 'complained', 'bounced'])(
  'an address that %s comes back by its own yes alone',
  async (reason) => {
    await database.db.query(
      `insert into suppression (channel, address, reason, created_at) values ('email', $1, $2, $3)`,
      [email, reason, new Date(now - DAY)],
    );
    const id = await signUp();
    expect(await statusOf(id)).toBe(reason);
    await mailed(1);
    await openLink('POST');
    expect([await statusOf(id), await categoriesOf(id)]).toEqual(['subscribed', ['category:news']]);
  },
);

test('what was not taken is tried again later, and what never will be is given up', async () => {
  sink.refuse.recipient = () => ({ code: 451, text: 'Later' });
  const id = await signUp();
  const row = async () =>
    (
      await database.db.query('select attempts, problem, next_at is null as done from opt_in where contact_id = $1', [
        id,
      ])
    )[0];
  await vi.waitFor(async () =>
    expect(await row()).toMatchObject({ attempts: 1, problem: expect.stringContaining('Later') }),
  );
  expect(await row()).toMatchObject({ done: false });
  sink.refuse.recipient = () => ({ code: 550, text: '5.1.1 Nobody here' });
  now += 2 * MINUTE;
  await database.db.query(`select pg_notify('muster_wake', 'optIn')`);
  await vi.waitFor(async () => expect(await row()).toMatchObject({ done: true }), { timeout: 40_000 });
  expect(sink.mails).toEqual([]);
});

test('nothing leaves while all sending is stopped', async () => {
  await database.db.query('update workspace set sending_stopped = true');
  await signUp();
  const other = `p${++people}@mail.test`;
  await signUp(['news'], 'footer', other);
  await database.db.query('update workspace set sending_stopped = false');
  sink.mails.length = 0;
  await signUp(['sales']);
  await vi.waitFor(() => expect(sink.mails.map(({ to }) => to).toSorted()).toEqual([email, other].toSorted()), {
    timeout: 10_000,
  });
});

test('where it is switched off a form is believed', async () => {
  await set('setting', OPT_IN_ID, { on: false, ...ask });
  const id = await signUp();
  expect([await statusOf(id), await categoriesOf(id)]).toEqual(['subscribed', ['category:news']]);
  expect(await database.db.query('select 1 from opt_in where contact_id = $1', [id])).toEqual([]);
});

test('an address may be mailed again after five minutes, and five times a day', () => {
  const at = (minutes: number) => 1_000_000_000 + minutes * MINUTE;
  expect(mayMailAgain({ mails: 0, firstMailAt: null, sentAt: null }, at(0))).toBe(true);
  expect(mayMailAgain({ mails: 1, firstMailAt: at(0), sentAt: at(0) }, at(4))).toBe(false);
  expect(mayMailAgain({ mails: 4, firstMailAt: at(0), sentAt: at(20) }, at(25))).toBe(true);
  expect(mayMailAgain({ mails: 5, firstMailAt: at(0), sentAt: at(20) }, at(25))).toBe(false);
  expect(mayMailAgain({ mails: 5, firstMailAt: at(0), sentAt: at(20) }, at(24 * 60))).toBe(true);
});
