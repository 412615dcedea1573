import { expect, test } from 'vitest';
import { Stopped } from '#renderer/data/sync/under-way.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { Askers, answerUnhurried } from './unhurried.ts';

/** Takes a while in each step, as a part of many rows does. */
function* long(steps: number, seen: number[]): Steps<string> {
  for (let step = 0; step < steps; step++) {
    const until = performance.now() + 4;
    while (performance.now() < until);
    seen.push(step);
    yield;
  }
  return 'done';
}
const still = () => 0;
const isOpen = () => true;

test('a long question lets others be heard before it is over', async () => {
  const seen: number[] = [];
  let heard = -1;
  const answer = answerUnhurried({
    make: () => long(30, seen),
    changes: still,
    signal: new AbortController().signal,
    isOpen,
  });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    heard = seen.length;
  };
  port2.postMessage('somebody asks');
  expect(await answer).toBe('done');
  port1.close();
  expect(seen).toHaveLength(30);
  expect(heard).toBeGreaterThan(0);
  expect(heard).toBeLessThan(30);
});

test('a newer question of the same asker ends the older one, others go on', async () => {
  const askers = new Askers();
  const [first, second, third]: number[][] = [[], [], []];
  const ask = (asker: string, about: string, seen: number[] = []) =>
    answerUnhurried({ make: () => long(40, seen), changes: still, signal: askers.begin(asker, about), isOpen });
  const older = ask('list', 'a', first);
  const other = ask('segment', 'x', second);
  const newer = new Promise((resolve) => setTimeout(resolve, 5)).then(() => ask('list', 'ab', third));
  await expect(older).rejects.toMatchObject({ data: { code: 'superseded' } });
  expect(first?.length).toBeLessThan(40);
  expect(await other).toBe('done');
  expect(await newer).toBe('done');
});

test('pages of one question do not end each other, and nobody ends who gave no name', () => {
  const askers = new Askers();
  const page = askers.begin('list', 'a');
  expect(askers.begin('list', 'a')).toBe(page);
  const nobody = askers.begin(undefined, 'a');
  askers.begin(undefined, 'b');
  expect([page.aborted, nobody.aborted]).toEqual([false, false]);
  askers.begin('list', 'b');
  expect(page.aborted).toBe(true);
});

test('what changed under a question is asked anew, and a change without end does not keep it from an answer', async () => {
  let version = 0;
  const made: number[] = [];
  const make = function* (): Steps<number> {
    const begun = version;
    made.push(begun);
    for (let step = 0; step < 5; step++) {
      const until = performance.now() + 11;
      while (performance.now() < until);
      yield;
    }
    return begun;
  };
  const signal = new AbortController().signal;
  let changesLeft = 1;
  const changing = setInterval(() => {
    if (changesLeft-- > 0) version++;
  }, 1);
  expect(await answerUnhurried({ make, changes: () => version, signal, isOpen })).toBe(version);
  expect(made).toEqual([0, 1]);
  clearInterval(changing);
  // Another version at every look.
  expect(await answerUnhurried({ make, changes: () => ++version, signal, isOpen })).toBeGreaterThan(1);
});

test('nothing of what was closed under a question is answered', async () => {
  let open = true;
  setTimeout(() => {
    open = false;
  }, 1);
  const { signal } = new AbortController();
  const answer = answerUnhurried({ make: () => long(40, []), changes: still, signal, isOpen: () => open });
  await expect(answer).rejects.toBeInstanceOf(Stopped);
});
