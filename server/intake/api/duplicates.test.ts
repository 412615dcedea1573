import { expect, test } from 'vitest';
import { createDuplicates, requestHash } from './duplicates.ts';

const done = async () => 'done';

test('an equal request right after is refused; after ten seconds, or with another in between, it is not', async () => {
  let now = 0;
  const { guard } = createDuplicates(() => now);
  const send = (hash: string, subject = 's') => guard(hash, () => subject, done);
  expect(await send('a')).toBe('done');
  await expect(send('a')).rejects.toMatchObject({ code: 'duplicate_request', message: /Duplicated request/ });
  expect(await send('other', 't')).toBe('done');
  await expect(send('a')).rejects.toMatchObject({ code: 'duplicate_request' });
  expect(await send('b')).toBe('done');
  expect(await send('a')).toBe('done');
  now = 10_001;
  expect(await send('a')).toBe('done');
});

test('of two at the same time one is done; after a failure the other one is', async () => {
  const { guard } = createDuplicates(() => 0);
  let fail = true;
  const work = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (fail) throw new Error('no');
    return 'done';
  };
  const first = guard('a', () => 's', work);
  const second = guard('a', () => 's', done);
  await expect(first).rejects.toThrow('no');
  expect(await second).toBe('done');
  fail = false;
  const both = await Promise.allSettled([guard('b', () => 's', work), guard('b', () => 's', work)]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test('only so many requests are remembered', async () => {
  const { guard } = createDuplicates(() => 0);
  for (let n = 0; n < 5_001; n++) await guard(`r${n}`, () => `s${n}`, done);
  expect(await guard('r0', () => 's0', done)).toBe('done');
  await expect(guard('r5000', () => 's5000', done)).rejects.toMatchObject({ code: 'duplicate_request' });
});

test('parts of a request do not run into each other', () => {
  expect(requestHash('a', 'bc')).not.toBe(requestHash('ab', 'c'));
});
