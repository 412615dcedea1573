import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Identifier, identifierKinds, isChangeable } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { claimOf } from './contact-claim.ts';
import { ContactIndex, survivorOf } from './contact-index.ts';
import type { ContactRecord } from './contact-record.ts';

/** One thing that happened, with what identified its author. */
type Happening = readonly Identifier[];

const id = (kind: Identifier['kind'], value: string): Identifier => ({ kind, value });

function claim(happening: Happening) {
  const values: ContactValues = {};
  for (const { kind, value } of happening) {
    if (kind === 'externalCustomerId' || kind === 'email' || kind === 'phone') values[kind] = value;
  }
  return claimOf({ values, identifiers: happening });
}

/** Applies what happened, in order; answers the card of each, by the happening's own number. */
function live(happenings: readonly { at: number; by: Happening }[]): Map<number, ContactRecord> {
  const index = new ContactIndex();
  const cards = new Map<number, ContactRecord>();
  for (const { at, by } of happenings) {
    const one = claim(by);
    const found = index.find(one);
    if (found) index.apply(found, one);
    cards.set(at, found ?? index.create(one, 'Event', 0));
  }
  for (const [at, card] of cards) cards.set(at, survivorOf(card));
  return cards;
}

/** Which happenings are one person's, whatever their cards are called. */
function partition(cards: Map<number, unknown>): string[] {
  const groups = new Map<unknown, number[]>();
  for (const [at, card] of cards) groups.set(card, [...(groups.get(card) ?? []), at]);
  return [...groups.values()].map((group) => group.sort((a, b) => a - b).join(' ')).sort();
}

const numbered = (list: readonly Happening[]) => list.map((by, at) => ({ at, by }));
const share = (a: Happening, b: Happening) =>
  a.some((one) => b.some((two) => one.kind === two.kind && one.value === two.value));

/** Takes what may come next again and again: any order that keeps the order among those for which `tied` holds. */
function interleave(list: readonly Happening[], picks: readonly number[], tied: (a: number, b: number) => boolean) {
  const left = numbered(list);
  const order: typeof left = [];
  for (let round = 0; left.length > 0; round++) {
    const free = left.filter(({ at }) => !left.some((before) => before.at < at && tied(before.at, at)));
    const next = free[(picks[round % picks.length] ?? 0) % free.length];
    if (!next) throw new Error('something is always free');
    left.splice(left.indexOf(next), 1);
    order.push(next);
  }
  return order;
}

/** Happenings connected by what they share, directly or through others. */
function components(list: readonly Happening[]): number[] {
  const of = list.map((_, at) => at);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, one] of list.entries()) {
      for (const [b, two] of list.entries()) {
        const low = Math.min(of[a] ?? 0, of[b] ?? 0);
        if (!share(one, two) || (of[a] === low && of[b] === low)) continue;
        of[a] = of[b] = low;
        changed = true;
      }
    }
  }
  return of;
}

const runs = { numRuns: 400 };
const picks = fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 });
const anyIdentifier = fc
  .tuple(fc.constantFrom(...identifierKinds), fc.integer({ min: 1, max: 3 }))
  .map(([kind, at]) => id(kind, `${kind}${at}`));
const unlike = (list: Happening) => [...new Map(list.map((one) => [one.kind, one])).values()];
const anyHappening = fc.array(anyIdentifier, { minLength: 1, maxLength: 4 }).map(unlike);

test('any interleaving that keeps the order among what shares an identifier, directly or through others, gives the same people', () => {
  fc.assert(
    fc.property(fc.array(anyHappening, { maxLength: 14 }), picks, (list, order) => {
      const group = components(list);
      const other = interleave(list, order, (a, b) => group[a] === group[b]);
      expect(partition(live(other))).toEqual(partition(live(numbered(list))));
    }),
    runs,
  );
});

/** Signed-in people on shared devices: what happens names one device, and perhaps its person, who is linked by the External ID. */
const onDevices = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.option(fc.integer({ min: 1, max: 3 })), fc.boolean())
  .map(
    ([device, person, mail]): Happening => [
      ...(person === null ? [] : [id('externalCustomerId', `X${person}`)]),
      ...(person !== null && mail ? [id('email', `p${person}@x.org`)] : []),
      id('webCookie', `k${device}`),
    ],
  );

test('on devices that people share, order matters only among what names the same device or person', () => {
  fc.assert(
    fc.property(fc.array(onDevices, { maxLength: 14 }), picks, (list, order) => {
      const tied = (a: number, b: number) => share(list[a] ?? [], list[b] ?? []);
      expect(partition(live(interleave(list, order, tied)))).toEqual(partition(live(numbered(list))));
    }),
    runs,
  );
});

/** People of whom everything is their own: an External ID, an email, a phone, and devices nobody else uses. */
const ofOnePerson = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.subarray(['externalCustomerId', 'email', 'phone'] as const),
    fc.subarray([1, 2], { minLength: 1 }),
  )
  .map(
    ([person, kinds, devices]): Happening => [
      ...kinds.map((kind) => id(kind, `${kind}-${person}`)),
      ...devices.map((device) => id('mobileToken', `t${person}${device}`)),
    ],
  );

test('where no identifier is contested any order gives the same people: those whom something durable connects', () => {
  fc.assert(
    fc.property(fc.array(ofOnePerson, { maxLength: 12 }), picks, (given, order) => {
      // Once, each person says everything of themselves: nothing that is durable stays unconnected.
      const whole = [1, 2, 3, 4].map(
        (person): Happening =>
          (['externalCustomerId', 'email', 'phone'] as const).map((kind) => id(kind, `${kind}-${person}`)),
      );
      const list = [...whole, ...given];
      const shuffled = interleave(list, order, () => false);
      expect(partition(live(shuffled))).toEqual(partition(new Map(components(list).entries())));
    }),
    runs,
  );
});

test('a token belongs to the card that used it last', () => {
  fc.assert(
    fc.property(fc.array(anyHappening, { minLength: 1, maxLength: 14 }), (list) => {
      const index = new ContactIndex();
      const last = new Map<string, ContactRecord>();
      for (const by of list) {
        const one = claim(by);
        const found = index.find(one);
        if (found) index.apply(found, one);
        const card = found ?? index.create(one, 'Event', 0);
        for (const { kind, value } of one.further) if (isChangeable(kind)) last.set(`${kind}:${value}`, card);
      }
      expect([...index.moved.keys()].sort()).toEqual([...last.keys()].sort());
      for (const [key, { record }] of index.moved) {
        expect(survivorOf(record)).toBe(survivorOf(last.get(key) ?? record));
      }
    }),
    runs,
  );
});

test('two External IDs are never one card', () => {
  fc.assert(
    fc.property(fc.array(anyHappening, { maxLength: 20 }), (list) => {
      const cards = live(numbered(list));
      for (const [at, by] of list.entries()) {
        const external = by.find(({ kind }) => kind === 'externalCustomerId');
        if (external) expect(cards.get(at)?.values.externalCustomerId).toBe(external.value);
      }
    }),
    runs,
  );
});
