/** What a review can still do: each kind taken back whole, and what others decided meanwhile. */
import { expect, test } from 'vitest';
import { must } from '#shared/kernel/assert.ts';
import { equalJson } from '#shared/kernel/json.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';
import { mergeReviewId } from '#shared/sync/review.schema.ts';
import {
  body,
  device,
  edit,
  nameOn,
  reviewOf,
  rule,
  START,
  segment,
  synced,
  until,
  workspace,
} from '#tests/support/people-devices.ts';
import type { TinyServer } from '#tests/support/tiny-server.ts';

type Body = Record<string, unknown>;
const message = { name: 'M', subject: 'Hi', preheader: '', format: 'html', source: 'x', createdAt: START, live: null };
/** Every kind people edit: a text as it was accepted, and the field that differs. */
const kinds: { kind: DocumentKind; id: string; version: number; body: Body; other: Body }[] = [
  { kind: 'segment', id: 's', version: 2, body: { ...body, live: null }, other: { rule: rule('phone') } },
  { kind: 'message', id: 'm', version: 2, body: message, other: { subject: 'Bye' } },
  {
    kind: 'campaign',
    id: 'c',
    version: 1,
    body: { name: 'C', messageId: null, segmentId: 's', scheduledAt: null, createdAt: START },
    other: { segmentId: null, scheduledAt: START },
  },
  {
    kind: 'setting',
    id: 'sender',
    version: 1,
    body: { fromName: 'Shop', fromEmail: 'a@example.com', replyTo: '' },
    other: { replyTo: 'b@example.com' },
  },
  {
    kind: 'event-type',
    id: 'event-type:view',
    version: 1,
    body: { key: 'view', parameters: [] },
    other: { parameters: [{ key: 'page', kind: 'text', slot: 0 }] },
  },
];
type Kind = (typeof kinds)[number];

const put = (server: TinyServer, { kind, id, version }: Kind, what: Body | null) =>
  server.put({ id, kind, schemaVersion: version, body: what ?? {}, deleted: what === null, by: 'ben' });

function review(server: TinyServer, about: Kind, more: { reason: string; id?: string; kept?: Body; lost: Body }) {
  const { reason, id = 'review:x', kept = {}, lost } = more;
  const fields = Object.entries(lost)
    .map(([field, value]) => ({ field, kept: kept[field] ?? null, lost: value ?? null, personal: false }))
    // As they are written: only what differs.
    .filter(({ kept: one, lost: other }) => JSON.stringify(one) !== JSON.stringify(other));
  const subject = { kind: about.kind, id: about.id, name: '', contactId: null };
  server.put(reviewOf(id, { about: subject, fields, keptBy: 'ben', lostBy: 'ann', reason }));
}

async function takeBack(server: TinyServer) {
  const ann = await device(server, 'ann');
  const [item] = await until(
    () => ann.api.reviews(),
    (items) => items.length === 1,
  );
  const settled = ann.api.settleReview(must(item, 'the review').id, 'takeBack');
  return { ann, item, settled };
}

test.for(kinds)(
  '[REV-2] [EPOCH-2] a $kind that a restored server has not is made again from its review',
  async (one) => {
    const server = await workspace();
    review(server, one, { reason: 'restored', lost: one.body });
    const { ann, item, settled } = await takeBack(server);
    expect(item?.gone).toBe(true);
    await settled;
    // What waits is counted a moment later than it is stored.
    await until(
      async () => server.documents.has(one.id),
      (has) => has,
    );
    await synced(ann.service);
    expect(server.documents.get(one.id)).toMatchObject({ kind: one.kind, body: one.body });
    expect(await ann.api.reviews()).toEqual([]);
  },
);

test.for(kinds.flatMap((one) => ['restored', 'merge'].map((reason) => ({ ...one, reason }))))(
  '[REV-2] the other version of a $kind ($reason) is taken over what is there',
  async ({ reason, ...one }) => {
    const server = await workspace();
    put(server, one, { ...one.body, ...one.other });
    const lost = Object.fromEntries(Object.keys(one.other).map((field) => [field, one.body[field]]));
    review(server, one, { reason, kept: one.other, lost });
    const { item, settled } = await takeBack(server);
    expect(item).not.toHaveProperty('gone');
    await settled;
    await until(
      async () => equalJson(server.documents.get(one.id)?.body, one.body),
      (equal) => equal,
    );
    expect(server.documents.get(one.id)?.body).toEqual(one.body);
  },
);

test('[REV-2] a part of what was deleted makes no whole, and words say so', async () => {
  const server = await workspace();
  for (const one of kinds.filter(({ kind }) => kind === 'campaign')) {
    put(server, one, null);
    review(server, one, { reason: 'merge', kept: { name: 'A' }, lost: { name: 'B' } });
  }
  const { settled } = await takeBack(server);
  await expect(settled).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringMatching(/^This was deleted/),
  });
});

test('[REV-2] what became of the values is told, and what somebody took back is settled by itself', async () => {
  const server = await workspace();
  const about = must(kinds[0], 'the segment');
  server.put(segment('s', { name: 'Kept', description: 'Neither' }));
  review(server, about, {
    reason: 'restored',
    kept: { name: 'Kept', description: 'Kept' },
    lost: { name: 'Lost', description: 'Lost' },
  });
  const ann = await device(server, 'ann');
  const fields = async () => (await ann.api.reviews()).flatMap((item) => item.fields);
  await until(fields, (found) => found.length === 2);
  expect(await fields()).toEqual([
    { field: 'name', kept: 'Kept', lost: 'Lost' },
    { field: 'description', kept: 'Kept', lost: 'Lost', current: 'Neither' },
  ]);
  server.put(segment('s', { name: 'Lost', description: 'Neither' }));
  await until(fields, (found) => found.length === 1);
  server.put(segment('s', { name: 'Lost', description: 'Lost' }));
  await until(fields, (found) => found.length === 0);
  await until(
    async () => String(server.documents.get('review:x')?.body.settledBy),
    (by) => by === 'ann',
  );
  expect(await ann.api.status()).toMatchObject({ reviews: 0 });
});

test('[REV-2] [REV-1] a review that comes before the merge it is about is not taken for decided', async () => {
  const server = await workspace();
  const about = must(kinds[0], 'the segment');
  const { rev } = server.put(segment('s', { name: 'Lost' }));
  review(server, about, {
    reason: 'merge',
    id: mergeReviewId(rev, 'ben', START),
    kept: { name: 'Kept' },
    lost: { name: 'Lost' },
  });
  const ann = await device(server, 'ann');
  await until(
    () => ann.api.reviews(),
    (items) => items.length === 1,
  );
  await edit(ann.service, 's', { description: 'x' });
  expect(await ann.api.reviews()).toHaveLength(1);
  server.put(segment('s', { name: 'Kept' }));
  await synced(ann.service);
  expect(nameOn(server, 's')).toBe('Kept');
  expect(await ann.api.reviews()).toHaveLength(1);
});

test('[REV-2] values of a contact are compared with what it says now', async () => {
  const server = await workspace();
  const contact = (id: string, lost: string) =>
    server.put({
      ...segment(id),
      kind: 'review',
      schemaVersion: 1,
      body: {
        about: { kind: 'contact-edit', id: 'e', name: '', contactId: id === 'review:gone' ? 9 : 1 },
        fields: [{ field: 'country', kept: 'FR', lost, personal: false }],
        keptBy: 'ben',
        lostBy: 'ann',
        at: START,
        reason: 'merge',
        settledBy: [],
      },
    });
  contact('review:same', 'GB');
  contact('review:other', 'DE');
  contact('review:gone', 'DE');
  const ann = await device(server, 'ann');
  const items = await until(
    () => ann.api.reviews(),
    (found) => found.length === 2,
  );
  expect(items.find(({ id }) => id === 'review:other')?.fields).toEqual([
    { field: 'country', kept: 'FR', lost: 'DE', current: 'GB' },
  ]);
  expect(items.find(({ id }) => id === 'review:gone')).toMatchObject({ gone: true });
  await until(
    async () => String(server.documents.get('review:same')?.body.settledBy),
    (by) => by === 'ann',
  );
});
