/** Every procedure and every route of its own, asked for by every role and by nobody, over real HTTP. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { writeContact } from '#server/identity/write-contacts.ts';
import { type Role, roles } from '#shared/account/roles.ts';
import { appRouter } from '#shared/api/router.ts';
import { must } from '#shared/kernel/assert.ts';
import { startTestApp, type TestApp } from '#tests/support/app.ts';
import { firstEvent } from '#tests/support/event-stream.ts';
import { readEveryTable } from '#tests/support/every-table.ts';

const signedIn = roles;
const senders = ['admin', 'marketer', 'marketerNoPersonal'] as const;
const importers = ['admin', 'marketer'] as const;
const administrators = ['admin'] as const;

type Expected = { who: readonly Role[] | 'anybody'; input?: unknown };
const campaign = { campaignId: 'no such campaign' };
const message = { name: 'Hello', subject: 'Hello', format: 'html', source: '<p>Hello</p>', createdAt: 1 };
const device = { id: 'no-such-device-anywhere' };
const nobodyTwice = { contactId: 4_000_000_000, otherId: 4_000_000_001 };
const hello = {
  deviceId: 'device-of-the-table-test',
  name: 'Chrome on Windows',
  holds: { contacts: 0, personal: false, events: 0, bytes: 0, since: null },
};

/** Written down by hand, so that a change of the router shows here; inputs are valid and do no harm. */
const expected: Record<string, Expected> = {
  'system.info': { who: 'anybody' },
  'system.setup': {
    who: 'anybody',
    input: { code: 'AAAA-AAAA', email: 'x@example.com', password: 'a long password', name: 'X', workspace: 'X' },
  },
  'system.me': { who: signedIn },
  'sync.pull': { who: signedIn, input: { epoch: null, after: 0, limit: 10 } },
  'sync.push': { who: signedIn, input: { epoch: 'another', rows: [] } },
  'sync.manifest': { who: signedIn },
  'sync.tail': { who: signedIn, input: { epoch: 'another', after: 0, limit: 10 } },
  'sync.stream': { who: signedIn },
  'campaign.preflight': { who: signedIn, input: campaign },
  'campaign.launch': { who: senders, input: { ...campaign, scheduledAt: null } },
  'campaign.pause': { who: senders, input: campaign },
  'campaign.resume': { who: senders, input: campaign },
  'campaign.stop': { who: senders, input: campaign },
  'campaign.cancel': { who: senders, input: campaign },
  'campaign.settleUncertain': { who: senders, input: { ...campaign, as: 'failed' } },
  'campaign.testSend': { who: senders, input: { message, contactId: null } },
  'sending.status': { who: signedIn },
  'sending.stopAll': { who: senders },
  'sending.resumeAll': { who: administrators },
  'sending.verifyPublicUrl': { who: administrators },
  'import.start': { who: importers, input: { uploadId: 'none', kind: 'contacts', map: {} } },
  'import.check': { who: importers, input: { uploadId: 'none', kind: 'contacts', map: {} } },
  'import.preview': { who: importers, input: { uploadId: 'none', kind: 'contacts', map: {} } },
  'import.describe': {
    who: importers,
    input: {
      uploadId: 'none',
      format: { encoding: 'utf-8', delimiter: ',', headerRow: 0, decimal: 'point', dateOrder: null, sheet: null },
    },
  },
  'import.undo': { who: importers, input: { id: 'none' } },
  'import.get': { who: importers, input: { id: 'none' } },
  'import.list': { who: importers },
  'report.revenue': { who: signedIn, input: { by: 'month' } },
  'demo.load': { who: administrators },
  'demo.remove': { who: administrators },
  'demo.loaded': { who: signedIn },
  'member.list': { who: administrators },
  'member.add': {
    who: administrators,
    input: { email: 'added@example.com', name: 'Added', password: 'a long password', role: 'admin' },
  },
  'member.setRole': { who: administrators, input: { userId: 'nobody', role: 'admin' } },
  'member.remove': { who: administrators, input: { userId: 'nobody' } },
  'device.hello': { who: signedIn, input: hello },
  'device.list': { who: signedIn },
  'device.signOut': { who: signedIn, input: device },
  'device.state': { who: 'anybody', input: device },
  'device.wiped': { who: 'anybody', input: device },
  'contact.events': { who: signedIn, input: { contactId: 4_000_000_000 } },
  'event.latest': { who: signedIn, input: { after: null, type: null, text: null } },
  'event.typeFacts': { who: signedIn, input: { key: 'none' } },
  'problem.count': { who: signedIn },
  'problem.list': { who: signedIn, input: { before: null } },
  'problem.retry': { who: importers, input: { ids: [1] } },
  'problem.discard': { who: administrators, input: { ids: [1] } },
  'site.seen': { who: signedIn, input: { siteId: 'none' } },
  'contact.segments': { who: signedIn, input: { contactId: 4_000_000_000 } },
  'contact.duplicates': { who: ['admin', 'marketer', 'auditor'], input: { after: null } },
  'contact.previewMerge': { who: ['admin', 'marketer', 'auditor'], input: nobodyTwice },
  'contact.merge': { who: ['admin', 'marketer', 'marketerNoPersonal'], input: nobodyTwice },
  'contact.merges': { who: ['admin', 'marketer', 'auditor'], input: { contactId: 4_000_000_000 } },
  'contact.undoMerge': { who: ['admin', 'marketer', 'marketerNoPersonal'], input: { mergeId: 4_000_000_000 } },
  'contact.keepApart': { who: ['admin', 'marketer', 'marketerNoPersonal'], input: nobodyTwice },
  'contact.remove': { who: ['admin', 'marketer', 'marketerNoPersonal'], input: { contactId: 4_000_000_000 } },
  'contact.restore': { who: ['admin', 'marketer', 'marketerNoPersonal'], input: { contactId: 4_000_000_000 } },
  'contact.deleted': { who: ['admin', 'marketer', 'auditor'] },
  'contact.everything': { who: ['admin', 'marketer', 'auditor'], input: { contactId: 4_000_000_000 } },
  'contact.addresses': { who: ['admin', 'marketer', 'auditor'], input: { contactId: 4_000_000_000 } },
  'contact.identifiers': { who: ['admin', 'marketer', 'auditor'], input: { contactId: 4_000_000_000 } },
  'contact.add': { who: ['admin', 'marketer'], input: { email: 'x@example.com', listIds: ['no such list'] } },
  'contact.changeAddress': {
    who: ['admin', 'marketer'],
    input: { contactId: 4_000_000_000, act: 'add', kind: 'email', value: 'x@example.com' },
  },
  'contact.erase': { who: administrators, input: { contactId: 4_000_000_000 } },
  'bulk.prepare': {
    who: ['admin', 'marketer', 'marketerNoPersonal'],
    input: { target: { kind: 'chosen', ids: [4_000_000_000] }, action: { type: 'delete' } },
  },
  'bulk.start': { who: ['admin', 'marketer', 'marketerNoPersonal'], input: { id: 'none' } },
  'bulk.cancel': { who: ['admin', 'marketer', 'marketerNoPersonal'], input: { id: 'none' } },
  'bulk.undo': { who: ['admin', 'marketer', 'marketerNoPersonal'], input: { id: 'none' } },
  'bulk.list': { who: ['admin', 'marketer', 'marketerNoPersonal'] },
  'consent.setList': {
    who: ['admin', 'marketer', 'marketerNoPersonal'],
    input: { contactIds: [4_000_000_000], listId: 'none', member: false },
  },
  'consent.setSubscription': {
    who: ['admin', 'marketer', 'marketerNoPersonal'],
    input: { contactIds: [4_000_000_000], categoryId: 'none', subscribed: false, evidence: null },
  },
  'consent.setMail': {
    who: ['admin', 'marketer', 'marketerNoPersonal'],
    input: { contactId: 4_000_000_000, allowed: false, evidence: null },
  },
  'consent.history': { who: ['admin', 'marketer', 'auditor'], input: { contactId: 4_000_000_000 } },
  'apiKey.create': { who: administrators, input: { scope: 'full', name: 'made by the table test' } },
  'apiKey.list': { who: administrators },
  'apiKey.setEnabled': { who: administrators, input: { id: 'none', enabled: true } },
  'apiKey.revoke': { who: administrators, input: { id: 'none' } },
};

/** At run time the router keeps its procedures flat, by path; each is a function with its definition on it. */
const procedure = z.custom<{ _def: { type: 'query' | 'mutation' | 'subscription' } }>(
  (one) => typeof one === 'function' && '_def' in one,
);
const procedures = new Map(
  Object.entries(appRouter._def.procedures).map(([path, one]) => [path, procedure.parse(one)._def.type]),
);
const errorData = z.object({ data: z.object({ code: z.string() }) });
const errorBody = z.object({ error: errorData });

let app: TestApp;
const sessions = new Map<Role | 'nobody', Record<string, string>>([['nobody', {}]]);
beforeAll(async () => {
  app = await startTestApp();
  const [born] = await app.deps.db.query<{ id: string }>(
    "select id from document where kind = 'contact-field' and body ->> 'key' = 'BIRTHDAY'",
  );
  await app.deps.db.tx((tx) =>
    writeContact(
      tx,
      { values: { email: 'a@example.com' }, fields: { [must(born, 'a starter field').id]: 7_336 } },
      { source: 'API', now: Date.now() },
    ),
  );
  app.deps.wake.notify('dirty');
  for (const role of roles) sessions.set(role, (await app.signInAs(role)).headers);
  // Work in the background comes to its end first: whatever changes after that was changed by a call.
  await vi.waitFor(
    async () => {
      const names = (await chunks()).map(({ tbl }) => tbl);
      expect(names).toEqual(expect.arrayContaining(['contact', 'contactFieldPersonal', 'contactPersonal']));
      const before = await state();
      await sleep(1_500);
      expect(await state()).toEqual(before);
    },
    { timeout: 30_000 },
  );
});
afterAll(() => app.stop());

const chunks = () =>
  app.deps.db.query<{ tbl: string; hash: string }>('select tbl, hash from chunk where rows > 0 order by tbl');

/** A lease only says which process works in the background. */
async function state(): Promise<Record<string, string[]>> {
  const { lease: _, ...tables } = await readEveryTable(app.deps.db);
  return tables;
}

/** What a call answers: ok, or tRPC's code. */
async function call(path: string, who: Role | 'nobody', input: unknown): Promise<string> {
  const headers = { ...must(sessions.get(who), 'a session'), 'content-type': 'application/json' };
  const type = must(procedures.get(path), `the procedure ${path}`);
  const url = `${app.url}/trpc/${path}`;
  const json = input === undefined ? undefined : JSON.stringify(input);
  if (type === 'mutation') return outcomeOf(await fetch(url, { method: 'POST', headers, body: json ?? null }));
  const query = json === undefined ? '' : `?input=${encodeURIComponent(json)}`;
  if (type === 'subscription') {
    const { event, data } = await firstEvent(
      await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } }),
    );
    return event === 'serialized-error' ? errorData.parse(data).data.code : 'ok';
  }
  return outcomeOf(await fetch(`${url}${query}`, { headers }));
}

async function outcomeOf(answer: Response): Promise<string> {
  const body = await answer.text();
  if (answer.ok) return 'ok';
  return errorBody.parse(JSON.parse(body)).error.data.code;
}

const may = ({ who }: Expected, role: Role | 'nobody') =>
  who === 'anybody' || (role !== 'nobody' && who.includes(role));

test('[ROLE-1] every procedure of the router is in the table, and nothing else', () => {
  expect(Object.keys(expected).toSorted()).toEqual([...procedures.keys()].toSorted());
});

describe.each(['nobody', ...roles] as const)('%s', (who) => {
  test('[ROLE-1] is refused what the table does not allow, and nothing changes', async () => {
    const before = await state();
    const answers: Record<string, string> = {};
    const refused = Object.entries(expected).filter(([, one]) => !may(one, who));
    for (const [path, { input }] of refused) answers[path] = await call(path, who, input);
    const code = who === 'nobody' ? 'UNAUTHORIZED' : 'FORBIDDEN';
    expect(answers).toEqual(Object.fromEntries(refused.map(([path]) => [path, code])));
    expect(await state()).toEqual(before);
    if (who !== 'admin') expect(refused.length).toBeGreaterThan(5);
  });

  test('[ROLE-1] is refused before anything is looked at: what was sent does not matter', async () => {
    for (const [path, one] of Object.entries(expected)) {
      if (may(one, who) || procedures.get(path) === 'subscription') continue;
      expect([path, await call(path, who, { nonsense: true })]).toEqual([
        path,
        who === 'nobody' ? 'UNAUTHORIZED' : 'FORBIDDEN',
      ]);
    }
  });

  test('[ROLE-1] reaches a file’s upload, rejects and chunks only as the role allows', async () => {
    const headers = must(sessions.get(who), 'a session');
    const status = async (path: string, init: RequestInit = {}) =>
      (await fetch(`${app.url}${path}`, { ...init, headers })).status;
    const before = await state();
    const importing = who === 'admin' || who === 'marketer';
    const refused = who === 'nobody' ? 401 : 403;
    expect(await status('/imports/none/rejects.csv')).toBe(importing ? 404 : refused);
    if (!importing) expect(await status('/imports/upload?name=a.csv', { method: 'POST', body: 'a;b' })).toBe(refused);
    const files = await chunks();
    const chunk = (table: string) =>
      `/chunks/${
        must(
          files.find(({ tbl }) => tbl === table),
          table,
        ).hash
      }`;
    expect(await status(chunk('contact'))).toBe(who === 'nobody' ? 401 : 200);
    for (const table of ['contactPersonal', 'contactFieldPersonal']) {
      const code = who === 'nobody' ? 401 : who === 'marketerNoPersonal' ? 404 : 200;
      expect([table, await status(chunk(table))]).toEqual([table, code]);
    }
    expect(await status('/api/auth/sign-up/email', { method: 'POST', body: '{}' })).toBe(404);
    expect(await state()).toEqual(before);
  });
});

test('[ROLE-2] a test mail carries a contact’s values only for those who see them', async () => {
  const testSend = (who: Role) => call('campaign.testSend', who, { message, contactId: 1 });
  expect(await testSend('marketerNoPersonal')).toBe('FORBIDDEN');
  // No mail server is set up here.
  expect(await testSend('marketer')).toBe('SERVICE_UNAVAILABLE');
});

/** Last, the administrator at the very end: these do what they say. */
test.each(['nobody', ...roles.toReversed()] as const)(
  '[ROLE-1] %s is let through where the table says so',
  async (who) => {
    for (const [path, one] of Object.entries(expected)) {
      if (!may(one, who)) continue;
      const code = await call(path, who, one.input);
      expect([
        path,
        ['UNAUTHORIZED', 'FORBIDDEN', 'BAD_REQUEST', 'INTERNAL_SERVER_ERROR'].includes(code) ? code : 'through',
      ]).toEqual([
        path,
        // Nobody knows the code of the set-up, which is asked for only while there is no administrator.
        'through',
      ]);
    }
  },
);
