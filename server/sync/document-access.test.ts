import { expect, test } from 'vitest';
import { roles } from '#shared/account/roles.ts';
import { contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import type { DocumentKind, Envelope } from '#shared/sync/envelope.schema.ts';
import { mayPush, maySee, mayWriteView, shownTo } from './document-access.ts';

const document = (kind: DocumentKind, body: Record<string, unknown>, more: Partial<Envelope> = {}): Envelope => ({
  id: `${kind}-1`,
  kind,
  schemaVersion: 1,
  rev: 1,
  body,
  deleted: false,
  by: null,
  at: null,
  ...more,
});
const edit = (field: string) => document('contact-edit', { contactId: 1, field, from: null, to: 'x', at: 1 });
const review = (
  fields: { field: string; personal: boolean }[],
  about: { kind: string; contactId: number | null } = { kind: 'segment', contactId: null },
) =>
  document('review', {
    about: { id: 'a', name: '', ...about },
    fields: fields.map((one) => ({ ...one, kept: 'a', lost: 'b' })),
    keptBy: 'u1',
    lostBy: 'u2',
    at: 1,
    reason: 'merge',
    settledBy: [],
  });
const segment = (...rules: Rule[]) =>
  document('segment', { name: 'x', description: '', rule: { type: 'all', rules }, createdAt: 1 });
const text = (field: 'email' | 'country', value: string): Rule => ({
  type: 'text',
  field,
  op: 'startsWith',
  values: [value],
});

const seers = (one: Envelope) => roles.filter((role) => maySee(role, one));
const writers = (one: Envelope, master?: Envelope) => roles.filter((role) => mayPush(role, one, master) === null);

test('[ROLE-2] edits of personal fields go only to those who see personal data; tombstones are empty', () => {
  for (const field of contactFieldKeys) {
    const hidden = contactFields[field].personal;
    expect([field, seers(edit(field)).includes('marketerNoPersonal')]).toEqual([field, !hidden]);
    expect(seers(edit(field))).toEqual(expect.arrayContaining(['admin', 'marketer', 'auditor']));
  }
  expect(seers(edit('a field of tomorrow'))).toEqual(['admin', 'marketer', 'auditor']);
  expect(seers({ ...edit('email'), body: {}, deleted: true })).toEqual(roles);
});

test('[REV-3] a review with one personal value goes only to those who may see it, whatever its writer says of a contact’s field', () => {
  const nobodyWithout = ['admin', 'marketer', 'auditor'];
  expect(seers(review([{ field: 'name', personal: false }]))).toEqual(roles);
  expect(
    seers(
      review([
        { field: 'name', personal: false },
        { field: 'rule', personal: true },
      ]),
    ),
  ).toEqual(nobodyWithout);
  const contact = { kind: 'contact-edit', contactId: 7 };
  expect(seers(review([{ field: 'email', personal: false }], contact))).toEqual(nobodyWithout);
  expect(seers(review([{ field: 'country', personal: false }], contact))).toEqual(roles);
  expect(seers(document('review', { of: 'a release to come' }))).toEqual(nobodyWithout);
});

test('[ROLE-3] documents need edit, contact edits editContacts and, for personal fields, readPersonal', () => {
  expect(writers(segment())).toEqual(['admin', 'marketer', 'marketerNoPersonal']);
  expect(writers(document('campaign', {}, { deleted: true }))).toEqual(['admin', 'marketer', 'marketerNoPersonal']);
  expect(writers(edit('country'))).toEqual(['admin', 'marketer', 'marketerNoPersonal']);
  expect(writers(edit('email'))).toEqual(['admin', 'marketer']);
  expect(writers(document('event-type', { key: 'viewed', parameters: [] }))).toEqual(['admin', 'marketer']);
  const personal = review([{ field: 'rule', personal: true }]);
  expect(writers(personal)).toEqual(['admin', 'marketer']);
  expect(writers(review([{ field: 'rule', personal: false }]), personal)).toEqual(['admin', 'marketer']);
  expect(mayPush('auditor', segment(), undefined)).toMatchObject({ code: 'forbidden' });
});

test('[ROLE-3] without readPersonal no rule asks for a personal value that was not in it before', () => {
  const theirs = segment({ type: 'not', rule: text('email', 'a') });
  const without = (one: Envelope, master?: Envelope) => mayPush('marketerNoPersonal', one, master);
  expect(without(segment(text('country', 'G')))).toBeNull();
  expect(without(segment({ type: 'presence', field: 'email', op: 'isSet' }))).toBeNull();
  expect(without(theirs)).toMatchObject({ code: 'forbidden', field: 'rule' });
  expect(without(theirs, theirs)).toBeNull();
  expect(without(segment(text('email', 'a'), text('country', 'G')), theirs)).toBeNull();
  expect(without(segment(text('email', 'ab')), theirs)).toMatchObject({ code: 'forbidden' });
  const live = (one: Envelope) => ({
    ...segment(),
    body: { ...segment().body, live: { rule: one.body.rule, publishedAt: 1 } },
  });
  expect(without(live(theirs))).toMatchObject({ code: 'forbidden', field: 'rule' });
  // Publishing what a colleague drafted, and going back to what is published.
  expect([without(live(theirs), theirs), without(theirs, live(theirs))]).toEqual([null, null]);
  expect(mayPush('marketer', theirs, undefined)).toBeNull();
});

const view = (body: Record<string, unknown>, deleted = false): Envelope => ({
  ...{ id: 'v1', kind: 'view', schemaVersion: 1, rev: 7, deleted, by: null, at: null },
  body: deleted ? {} : { name: 'Mine', shared: false, owner: 'u1', ...body },
});

test('[ROLE-2] a view that is not shared looks deleted to everybody but its maker, also to who had it while it was', () => {
  const others = { userId: 'u2', role: 'admin' } as const;
  expect(shownTo(others, view({}))).toMatchObject({ id: 'v1', rev: 7, deleted: true, body: {} });
  expect(shownTo(others, view({ shared: true }))).toMatchObject({ deleted: false, body: { name: 'Mine' } });
  expect(shownTo({ ...others, userId: 'u1' }, view({}))).toMatchObject({ deleted: false });
});

test('[ROLE-3] a view is its maker’s: nobody writes in another’s name, takes it over or hides it from others', () => {
  expect(mayWriteView('u1', view({}), undefined)).toBeNull();
  expect(mayWriteView('u2', view({}), undefined)).toMatchObject({ code: 'forbidden', field: 'owner' });
  expect(mayWriteView('u2', view({ name: 'Theirs' }), view({}))).toMatchObject({ code: 'forbidden' });
  expect(mayWriteView('u2', view({}, true), view({}))).toMatchObject({ code: 'forbidden' });
  const shared = view({ shared: true });
  expect(mayWriteView('u2', view({ shared: true, name: 'Better' }), shared)).toBeNull();
  expect(mayWriteView('u2', view({ shared: true, owner: 'u2' }), shared)).toMatchObject({ field: 'owner' });
  expect(mayWriteView('u2', view({}), shared)).toMatchObject({ field: 'shared' });
  expect(mayWriteView('u1', view({}), shared)).toBeNull();
});
