import { afterEach, expect, test } from 'vitest';
import { leave, subscribe } from '#server/subscriptions/subscriptions.ts';
import { caller } from '#tests/support/caller.ts';
import { addCategory } from '#tests/support/consent-stage.ts';
import { type Sending, startSending } from '#tests/support/sending.ts';

let sending: Sending;
afterEach(() => sending.stop());

const stage = async (options: { started: boolean }) => {
  sending = await startSending(options);
  const ids = await sending.contacts([{ email: 'ann@x.test' }, { email: 'bob@x.test' }, { email: 'cleo@x.test' }]);
  await addCategory(sending.deps.db, 'news');
  await addCategory(sending.deps.db, 'sales');
  const [ann = 0, bob = 0] = ids;
  await sending.deps.db.tx((tx) => subscribe(tx, [ann], ['news'], { source: 'api', at: 1 }));
  await sending.deps.db.tx((tx) => subscribe(tx, [bob], ['sales'], { source: 'api', at: 1 }));
  return sending.campaign({ categories: ['category:news', 'category:sales'] });
};

test('the sheet before a launch counts who does not subscribe to any of the message’s categories', async () => {
  const id = await stage({ started: false });
  const sheet = await sending.campaigns.port.preflight(caller, id);
  expect(sheet).toMatchObject({ matched: 3, recipients: 2, skipped: { notSubscribed: 1 } });
});

test('who leaves after the launch is passed by in the claim, with the reason', async () => {
  const id = await stage({ started: false });
  await sending.launch(id);
  const [{ contact_id = 0 } = {}] = await sending.deps.db.query<{ contact_id: number }>(
    `select contact_id from delivery where address = 'bob@x.test'`,
  );
  await sending.deps.db.tx((tx) => leave(tx, [contact_id], ['sales'], { source: 'person', at: Date.now() }));
  await sending.campaigns.service.start();
  await sending.until(id, ({ state }) => state === 'done');
  await sending.campaigns.service.stop();
  expect(await sending.states(id)).toMatchObject([
    { address: 'ann@x.test', state: 'sent', reason: null },
    { address: 'bob@x.test', state: 'skipped', reason: 'notSubscribed', attempts: 0 },
    { address: 'cleo@x.test', state: 'skipped', reason: 'notSubscribed' },
  ]);
  expect(sending.sink.mails.map(({ to }) => to)).toEqual(['ann@x.test']);
});
