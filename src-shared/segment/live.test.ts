import { expect, test } from 'vitest';
import { hasDraftContent, liveMessage, messageSchema } from '#shared/message/message.schema.ts';
import { hasDraftRule, liveRule, segmentSchema } from './segment.schema.ts';

const rule = (field: string) => ({ type: 'presence', field, op: 'isSet' });

test('a segment of version 1, and one never published, uses its draft', () => {
  const segment = segmentSchema.parse({ name: 'A', rule: rule('email'), createdAt: 1 });
  expect(segment.live).toBeNull();
  expect(liveRule(segment)).toEqual(rule('email'));
  expect(hasDraftRule(segment)).toBe(false);
});

test('a published segment uses its live rule until the draft is published', () => {
  const live = { rule: rule('phone'), publishedAt: 2 };
  const segment = segmentSchema.parse({ name: 'A', rule: rule('email'), createdAt: 1, live });
  expect(liveRule(segment)).toEqual(rule('phone'));
  expect(hasDraftRule(segment)).toBe(true);
  expect(hasDraftRule(segmentSchema.parse({ ...segment, rule: rule('phone') }))).toBe(false);
});

test('a published message is sent as published, under its present name', () => {
  const draft = { name: 'May', subject: 'New', preheader: 'p', format: 'html', source: '<p>new</p>', createdAt: 1 };
  const plain = messageSchema.parse(draft);
  expect(liveMessage(plain)).toBe(plain);
  expect(hasDraftContent(plain)).toBe(false);
  const live = { subject: 'Old', preheader: '', format: 'html', source: '<p>old</p>', publishedAt: 2 };
  const message = messageSchema.parse({ ...draft, live });
  expect(liveMessage(message)).toMatchObject({ name: 'May', subject: 'Old', preheader: '', source: '<p>old</p>' });
  expect(hasDraftContent(message)).toBe(true);
  expect(hasDraftContent(messageSchema.parse({ ...message, ...live }))).toBe(false);
});
