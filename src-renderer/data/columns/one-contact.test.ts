import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateRule } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { buildView, context, randomData, seeded } from '#tests/support/segment-data.ts';
import { arbitraryRule } from '#tests/support/segment-rules.ts';
import { oneContactView, SELF } from './one-contact.ts';

/** Replays a failure: SEED=… */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`one contact alone is in the same segments as among everybody (SEED=${seed})`, () => {
  const random = seeded(seed);
  const data = randomData(random);
  const view = buildView(data, random);
  const ids = [...data.contact.keys(), view.contactLimit + 5];
  const views = ids.map((id) => oneContactView(view, id));
  let members = 0;
  const both = (rule: Rule): void => {
    const resolved = resolveRule(rule, context);
    const everybody = evaluateRule(resolved, view);
    for (const [at, id] of ids.entries()) {
      const alone = evaluateRule(resolved, views[at] ?? view)[SELF];
      expect([id, alone, JSON.stringify(rule)]).toEqual([id, everybody[id] ?? 0, JSON.stringify(rule)]);
      members += alone ?? 0;
    }
  };
  fc.assert(fc.property(arbitraryRule, both), { seed, numRuns: 60 });
  expect(members).toBeGreaterThan(0);
});
