import { afterEach, expect, test } from 'vitest';
import { writeDocument } from '#server/sync/document-store.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { type Sending, startSending } from '#tests/support/sending.ts';

let sending: Sending;
afterEach(() => sending.stop());

const only = (address: string): Rule => ({ type: 'text', field: 'email', op: 'is', values: [address] });

test('a campaign sends what was published, whatever the drafts say meanwhile', async () => {
  sending = await startSending();
  await sending.contacts([{ email: 'ann@example.test' }, { email: 'bob@example.test' }]);
  const id = await sending.campaign({ subject: 'Draft' });
  const live = { subject: 'Published', preheader: '', format: 'html', source: '<p>Hello</p>', publishedAt: 1 };
  await sending.deps.db.tx(async (tx) => {
    const draft = { name: 'May', subject: 'Draft', preheader: '', format: 'html', source: '<p>Half', createdAt: 1 };
    await writeDocument(tx, 'message', 'm1', { ...draft, live });
  });
  await sending.deps.db.tx(async (tx) => {
    const rules = {
      rule: only('bob@example.test'),
      live: { rule: only('ann@example.test'), publishedAt: 1, publishedBy: 'ann' },
    };
    await writeDocument(tx, 'segment', 's1', { name: 'People', description: '', createdAt: 1, ...rules });
  });
  const sheet = await sending.campaigns.port.preflight(caller, id);
  expect(sheet).toMatchObject({ matched: 1, recipients: 1, subject: 'Published', blockers: [] });
  await sending.launch(id);
  await sending.until(id, ({ state }) => state === 'done');
  expect(sending.sink.mails.map(({ to }) => to)).toEqual(['ann@example.test']);
  expect(sending.sink.mails[0]?.parsed.subject).toBe('Published');
});
