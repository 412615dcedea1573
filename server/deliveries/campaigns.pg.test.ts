import { afterEach, expect, test } from 'vitest';
import { caller } from '#tests/support/caller.ts';
import { type Sending, startSending } from '#tests/support/sending.ts';

let sending: Sending;
afterEach(() => sending.stop());

const finished = (run: { state: string }): boolean => run.state === 'done';

test('the whole path: frozen, handed over, read back as a proper mail', async () => {
  sending = await startSending();
  await sending.contacts([{ email: 'Ann@Example.test', firstName: 'Ännchen & <b>' }, { email: 'bob@example.test' }]);
  const id = await sending.campaign({
    preheader: 'Only today',
    source:
      '<html><body><h1>Dear {{ contact.firstName | default: "friend" }}</h1><a href="https://shop.example.org/?a=1&amp;b=2">Shop</a></body></html>',
    subject: 'Für {{ contact.firstName | default: "friend" }} ✓',
  });
  await sending.launch(id);
  const run = await sending.until(id, finished);
  expect(run).toMatchObject({
    recipients: 2,
    counts: { sent: 2 },
    skipped: {},
    problem: null,
    subject: expect.stringContaining('Für'),
  });
  expect(run.startedAt).not.toBeNull();
  expect(run.finishedAt).not.toBeNull();

  const mail = sending.sink.mails.find(({ to }) => to === 'Ann@Example.test');
  expect(mail?.from).toBe('news@shop.example.org');
  expect(mail?.parsed.subject).toBe('Für Ännchen & <b> ✓');
  expect(mail?.parsed.from?.value).toEqual([{ address: 'news@shop.example.org', name: 'Олена’s shop' }]);
  expect(mail?.parsed.html).toContain('Dear Ännchen &amp; &lt;b&gt;');
  expect(mail?.parsed.html).toContain('Only today');
  expect(mail?.parsed.text).toContain('Dear Ännchen & <b>');
  const [delivery] = await sending.deps.db.query<{ id: string }>(
    `select id from delivery where address = 'Ann@Example.test'`,
  );
  expect(mail?.parsed.messageId).toBe(`<${delivery?.id}@shop.example.org>`);
  expect(delivery?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const unsubscribe = /^List-Unsubscribe: <(.*)>\r$/m.exec(mail?.raw ?? '')?.[1] ?? '';
  expect(unsubscribe.startsWith(`${sending.url}/u/`)).toBe(true);
  expect(mail?.raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  expect(mail?.parsed.html).toContain(unsubscribe);
  expect(mail?.parsed.text).toContain(unsubscribe);
  expect(mail?.parsed.date).toBeInstanceOf(Date);
  expect(mail?.parsed.html).not.toContain('href="https://shop.example.org');
  expect(mail?.parsed.html).toContain(`${sending.url}/c/`);
  expect(mail?.parsed.html).toContain(`${sending.url}/o/`);
  expect(await sending.deps.db.query('select * from outbox')).toEqual([]);
  const dirty = await sending.deps.db.query(`select distinct key from dirty where tbl = 'delivery'`);
  expect(dirty).toHaveLength(2);
});

test('each contact that gets nothing has its reason; the pre-flight sheet says the same before', async () => {
  sending = await startSending();
  const ids = await sending.contacts([
    { email: 'first@house.test' },
    { email: null },
    { email: 'FIRST@house.test' },
    { email: 'no address' },
    { email: 'left@x.test' },
    { email: 'bounced@x.test', status: 'bounced' },
    { email: 'spam@x.test' },
    { email: 'two@x.test\r\nBcc: everybody@x.test' },
    { email: 'demo@muster.invalid', demo: true },
  ]);
  await sending.deps.db.query(
    `insert into suppression (channel, address, reason) values ('email', 'left@x.test', 'unsubscribed'), ('email', 'spam@x.test', 'complained')`,
  );
  const id = await sending.campaign({
    subject: 'Hi {{ contact.firstName }}',
    source: '<a href="/x">{{ contact.shoe }}</a>',
  });
  const expected = { noEmail: 1, duplicateAddress: 1, invalidEmail: 2, unsubscribed: 1, bounced: 1, complained: 1 };
  const sheet = await sending.campaigns.port.preflight(caller, id);
  expect(sheet).toMatchObject({
    matched: 9,
    recipients: 2,
    skipped: expected,
    blockers: [],
    from: 'Олена’s shop <news@shop.example.org>',
    links: [{ url: '/x', problem: expect.stringContaining('relative') }],
  });
  expect(sheet.variables).toEqual([
    { name: 'contact.firstName', known: true, missing: 2 },
    { name: 'contact.shoe', known: false, missing: 2 },
  ]);
  expect(sheet.warnings.join(' ')).toMatch(
    /First name is empty for 2 of the recipients.*contact\.shoe.*does not exist.*\/x: The link is relative/,
  );

  sending.deps.config.localWorkspace = true;
  expect((await sending.campaigns.port.preflight(caller, id)).warnings[0]).toMatch(
    /your computer.*only while it is awake/,
  );
  expect((await sending.campaigns.port.sendingStatus(caller)).localWorkspace).toBe(true);
  sending.deps.config.localWorkspace = false;

  await sending.launch(id);
  const run = await sending.until(id, finished);
  expect(run).toMatchObject({ recipients: 9, counts: { sent: 2, skipped: 7 }, skipped: expected });
  expect(sending.sink.mails.map(({ to }) => to).sort()).toEqual(['demo@muster.invalid', 'first@house.test']);
  const sent = await sending.deps.db.query<{ contact_id: number }>(
    `select contact_id from delivery where state = 'sent' order by 1`,
  );
  expect(sent[0]?.contact_id).toBe(ids[0]);
});

test('addresses that lead nowhere are not mailed through a real server', async () => {
  sending = await startSending({ smtpUrl: 'smtp://mail.shop.example.org', publicUrl: 'https://shop.example.org' });
  await sending.contacts([
    { email: 'a@muster.invalid' },
    { email: 'b@sub.example.com' },
    { email: 'c@real.org', demo: true },
    { email: 'd@latest.org' },
  ]);
  const sheet = await sending.campaigns.port.preflight(caller, await sending.campaign());
  expect(sheet).toMatchObject({ recipients: 1, skipped: { demoAddress: 3 } });
});

test('what forbids a launch is said in words, and forbids it', async () => {
  sending = await startSending({ smtpUrl: null });
  const id = await sending.campaign({ subject: ' ', source: '{{ oops', scheduledAt: 1000 });
  await sending.deps.db.query(`delete from document where id = 'sender'`);
  await sending.campaigns.port.stopAll(caller);
  const { blockers } = await sending.campaigns.port.preflight(caller, id);
  expect(blockers.map(({ code }) => code)).toEqual([
    'stopped',
    'noSmtp',
    'staleSchedule',
    'noSender',
    'noSubject',
    'compile',
    'emptySegment',
  ]);
  expect(blockers.every(({ message }) => message.length > 10)).toBe(true);
  await expect(sending.launch(id)).rejects.toMatchObject({ code: 'sending_stopped' });
  await sending.campaigns.port.resumeAll(caller);
  await expect(sending.launch(id)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('SMTP'),
  });
  await expect(sending.launch('nothing')).rejects.toMatchObject({ code: 'not_found' });
});

test('a public URL that is not this server keeps bulk mail off', async () => {
  sending = await startSending({ publicUrl: 'http://127.0.0.1:9' });
  await sending.contacts([{ email: 'a@x.test' }]);
  const id = await sending.campaign();
  await expect(sending.launch(id)).rejects.toMatchObject({
    code: 'public_url_unverified',
    message: expect.stringContaining('127.0.0.1:9'),
  });
  expect(await sending.campaigns.port.sendingStatus(caller)).toMatchObject({ bulkAllowed: false });
  expect(await sending.deps.db.query('select 1 from delivery')).toEqual([]);
});

test('a launch happens once; a stale schedule is refused; a cancelled one may be launched again', async () => {
  sending = await startSending({ cancelWindowMs: 60_000 });
  await sending.contacts([{ email: 'a@x.test' }]);
  const id = await sending.campaign();
  const { port } = sending.campaigns;
  await expect(port.launch(caller, { campaignId: id, scheduledAt: Date.now() - 11 * 60_000 })).rejects.toMatchObject({
    code: 'stale_schedule',
  });
  const answers = await Promise.allSettled([sending.launch(id), sending.launch(id), sending.launch(id)]);
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 'rejected')).toEqual([
    { status: 'rejected', reason: expect.objectContaining({ code: 'conflict' }) },
    { status: 'rejected', reason: expect.objectContaining({ code: 'conflict' }) },
  ]);
  expect(await sending.run(id)).toMatchObject({ state: 'cancellable', counts: { queued: 1 } });
  await port.cancel(caller, id);
  expect(await sending.run(id)).toMatchObject({ state: 'cancelled', counts: {}, recipients: 0 });
  expect(await sending.deps.db.query('select 1 from delivery union all select 1 from outbox')).toEqual([]);
  await port.launch(caller, { campaignId: id, scheduledAt: Date.now() + 3_600_000 });
  expect(await sending.run(id)).toMatchObject({ state: 'scheduled', cancelUntil: null });
  await new Promise((done) => setTimeout(done, 1500));
  expect(sending.sink.connections).toBe(0);
  await expect(port.pause(caller, id)).rejects.toMatchObject({ code: 'conflict' });
  await port.stop(caller, id);
  expect(await sending.run(id)).toMatchObject({
    state: 'stopped',
    counts: { skipped: 1 },
    skipped: { campaignStopped: 1 },
  });
  await expect(sending.launch(id)).rejects.toMatchObject({ code: 'conflict' });
});

test('a schedule starts by itself at its time, one missed by hours waits for a person', async () => {
  let ahead = 0;
  sending = await startSending({ now: () => Date.now() + ahead });
  await sending.contacts([{ email: 'a@x.test' }]);
  const [soon, missed] = [await sending.campaign(), await sending.campaign()];
  const { port, service } = sending.campaigns;
  await port.launch(caller, { campaignId: soon, scheduledAt: Date.now() + 600 });
  await sending.until(soon, finished);
  await port.launch(caller, { campaignId: missed, scheduledAt: Date.now() + 1_800_000 });
  ahead = 3 * 3_600_000;
  const run = await sending.until(missed, ({ state }) => state === 'paused');
  expect(run.problem).toMatch(/was off, or all sending was stopped, at the planned time/);
  expect(sending.sink.mails).toHaveLength(1);
  await port.resume(caller, missed);
  await sending.until(missed, finished);
  expect(sending.sink.mails).toHaveLength(2);
  expect(service.name).toBe('sending');
});

test('pause, stop all and stop hold at once, in the midst of sending', async () => {
  sending = await startSending({ query: '?maxConnections=3' });
  await sending.contacts(Array.from({ length: 120 }, (_, n) => ({ email: `c${n}@x.test` })));
  sending.sink.beforeAnswer = () => new Promise((done) => setTimeout(() => done(false), 20));
  const id = await sending.campaign();
  const { port } = sending.campaigns;
  const quiet = async (): Promise<number> => {
    await new Promise((done) => setTimeout(done, 300));
    const before = sending.sink.mails.length;
    await new Promise((done) => setTimeout(done, 700));
    expect(sending.sink.mails).toHaveLength(before);
    return before;
  };
  const reach = async (count: number): Promise<void> => {
    while (sending.sink.mails.length < count) await new Promise((done) => setTimeout(done, 5));
  };
  await sending.launch(id);
  await reach(10);
  await port.pause(caller, id);
  const paused = await quiet();
  expect(paused).toBeLessThan(40);
  await port.resume(caller, id);
  await reach(paused + 10);
  await port.stopAll(caller);
  expect(await port.sendingStatus(caller)).toMatchObject({ stopped: true, stoppedBy: 'Olha' });
  const stopped = await quiet();
  await port.resumeAll(caller);
  await reach(stopped + 10);
  await port.stop(caller, id);
  const total = await quiet();
  expect(total).toBeLessThan(120);
  const run = await sending.until(id, ({ counts }) => (counts.sent ?? 0) + (counts.skipped ?? 0) === 120);
  expect(run).toMatchObject({ state: 'stopped', counts: { sent: total }, skipped: { campaignStopped: 120 - total } });
  expect(new Set(sending.sink.mails.map(({ parsed }) => parsed.messageId)).size).toBe(total);
  expect(await sending.deps.db.query('select 1 from outbox')).toEqual([]);
});

test('suppression and deletion after the launch are found just before the hand-over', async () => {
  sending = await startSending({ cancelWindowMs: 400 });
  const [, , gone] = await sending.contacts([
    { email: 'Stay@x.test' },
    { email: 'Left@x.test' },
    { email: 'gone@x.test' },
  ]);
  const id = await sending.campaign();
  await sending.launch(id);
  await sending.deps.db.query(
    `insert into suppression (channel, address, reason) values ('email', 'left@x.test', 'unsubscribed')`,
  );
  await sending.deps.db.query('update contact set deleted_at = now() where id = $1', [gone]);
  const run = await sending.until(id, finished);
  expect(run).toMatchObject({ counts: { sent: 1, skipped: 2 }, skipped: { unsubscribed: 1, deleted: 1 } });
  expect(sending.sink.mails.map(({ to }) => to)).toEqual(['Stay@x.test']);
});

test('a test mail goes to whoever asked, with a contact’s values, and ticks the checklist', async () => {
  sending = await startSending();
  const [contactId = 0] = await sending.contacts([{ email: 'ann@x.test', firstName: 'Ann' }]);
  const message = {
    name: 'M',
    subject: 'Hi {{ contact.firstName }}',
    preheader: '',
    format: 'mjml' as const,
    source:
      '<mjml><mj-body><mj-section><mj-column><mj-text>Dear {{ contact.firstName }}</mj-text></mj-column></mj-section></mj-body></mjml>',
    createdAt: 1,
    live: null,
  };
  expect(await sending.campaigns.port.testSend(caller, { message, contactId })).toEqual({ to: caller.email });
  const [mail] = sending.sink.mails;
  expect(mail).toMatchObject({ to: caller.email });
  expect(mail?.parsed.subject).toBe('[Test] Hi Ann');
  expect(mail?.parsed.html).toContain('Dear Ann');
  expect(mail?.raw).not.toContain('List-Unsubscribe');
  const [setting] = await sending.deps.db.query<{ body: { at: number } }>(
    `select body from document where id = 'last-test-send'`,
  );
  expect(setting?.body.at).toBeGreaterThan(0);
  expect(await sending.deps.db.query('select sent_to from test_send')).toEqual([{ sent_to: caller.email }]);
  await expect(
    sending.campaigns.port.testSend(caller, {
      message: { ...message, source: '<mjml><mj-body>\n<mj-x/></mj-body></mjml>' },
      contactId: null,
    }),
  ).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('Line 2') });
  await sending.campaigns.port.stopAll(caller);
  await expect(sending.campaigns.port.testSend(caller, { message, contactId: null })).rejects.toMatchObject({
    code: 'sending_stopped',
  });
});
