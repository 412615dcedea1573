import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalJson } from '#shared/kernel/json.ts';
import type { Envelope } from './envelope.schema.ts';
import { equalContent, mergeDocument, mergeEnvelopes } from './merge.ts';

const fields = ['name', 'description', 'rule', 'createdAt'];
const body = fc.dictionary(
  fc.constantFrom(...fields),
  fc.oneof(fc.nat(3), fc.constantFrom('a', 'b'), fc.constant(null), fc.record({ type: fc.constantFrom('all', 'any') })),
);
const side = fc.record({ body, deleted: fc.boolean(), rev: fc.nat(9) });
const envelope = (part: { body: Record<string, unknown>; deleted: boolean; rev: number }): Envelope => ({
  id: 'x',
  kind: 'segment',
  schemaVersion: 1,
  by: null,
  at: null,
  ...part,
});

test('[MERGE-1] one side unchanged answers the other side, with nothing lost', () => {
  fc.assert(
    fc.property(body, body, (base, other) => {
      expect(mergeDocument('segment', base, base, other)).toEqual({ body: other, lost: [] });
      expect(mergeDocument('segment', base, other, base)).toEqual({ body: other, lost: [] });
    }),
  );
});

test('[MERGE-2] no field written by one side only is lost', () => {
  fc.assert(
    fc.property(body, body, body, (base, mine, theirs) => {
      const merged = mergeDocument('segment', base, mine, theirs).body;
      for (const field of fields) {
        if (equalJson(mine[field], base[field])) expect(merged[field]).toEqual(theirs[field]);
        if (equalJson(theirs[field], base[field])) expect(merged[field]).toEqual(mine[field]);
      }
    }),
  );
});

test('[MERGE-3] of two values for a field mine stands and theirs is kept; a rule is one field', () => {
  fc.assert(
    fc.property(body, body, body, (base, mine, theirs) => {
      const { body: merged, lost } = mergeDocument('segment', base, mine, theirs);
      const both = fields.filter(
        (field) =>
          !equalJson(mine[field], base[field]) &&
          !equalJson(theirs[field], base[field]) &&
          !equalJson(mine[field], theirs[field]),
      );
      expect(lost.map(({ field }) => field).toSorted()).toEqual(both.toSorted());
      for (const { field, value } of lost) {
        expect(merged[field]).toEqual(mine[field]);
        expect(value).toEqual(theirs[field] ?? null);
      }
    }),
  );
  const rule = (...words: string[]) => ({ rule: { type: 'all', rules: words } });
  expect(mergeDocument('segment', rule('a'), rule('a', 'b'), rule('a', 'c'))).toEqual({
    body: rule('a', 'b'),
    lost: [{ field: 'rule', value: rule('a', 'c').rule }],
  });
});

test('[MERGE-4] merging a result again changes nothing', () => {
  fc.assert(
    fc.property(body, body, body, (base, mine, theirs) => {
      const merged = mergeDocument('segment', base, mine, theirs).body;
      expect(mergeDocument('segment', theirs, merged, theirs)).toEqual({ body: merged, lost: [] });
      expect(mergeDocument('segment', base, merged, merged)).toEqual({ body: merged, lost: [] });
      expect(mergeDocument('segment', null, merged, merged)).toEqual({ body: merged, lost: [] });
    }),
  );
});

test('[MERGE-4] what a client pushes after a conflict carries the server’s revision, so that it is taken', () => {
  fc.assert(
    fc.property(fc.option(side), side, side, (base, mine, theirs) => {
      const server = envelope(theirs);
      const { merged } = mergeEnvelopes(base && envelope(base), envelope(mine), server);
      expect(merged.rev).toBe(server.rev);
      expect(mergeEnvelopes(server, merged, server).merged).toEqual(merged);
    }),
  );
});

test('[MERGE-5] an edit outlives a deletion on either side, and an unopposed deletion stands', () => {
  const base = envelope({ body: { name: 'a' }, deleted: false, rev: 1 });
  const edited: Envelope = { ...base, body: { name: 'b' }, rev: 2 };
  const gone: Envelope = { ...base, deleted: true, rev: 2 };
  const fell = [{ field: 'deleted', value: true }];
  expect(mergeEnvelopes(base, { ...edited, rev: 1 }, gone)).toEqual({ merged: edited, lost: fell });
  expect(mergeEnvelopes(base, { ...gone, rev: 1 }, edited)).toEqual({ merged: edited, lost: fell });
  expect(mergeEnvelopes(base, { ...gone, rev: 1 }, { ...base, rev: 2 })).toEqual({ merged: gone, lost: [] });
  expect(mergeEnvelopes(base, base, gone)).toEqual({ merged: gone, lost: [] });
});

test('[MERGE-5] server-owned and append-only documents are the server’s', () => {
  fc.assert(
    fc.property(fc.constantFrom('campaign-run', 'contact-edit'), body, body, body, (kind, base, mine, theirs) => {
      expect(mergeDocument(kind, base, mine, theirs)).toEqual({ body: theirs, lost: [] });
    }),
  );
});

test('[DOC-4] equal content is told by what a document says, not by its revision or the order of its fields', () => {
  const one = envelope({ body: { name: 'a', description: 'b' }, deleted: false, rev: 1 });
  expect(equalContent(one, { ...one, rev: 7, body: { description: 'b', name: 'a' } })).toBe(true);
  expect(equalContent(one, { ...one, body: { name: 'a' } })).toBe(false);
  expect(equalContent(one, { ...one, deleted: true })).toBe(false);
  expect(equalContent(one, { ...one, schemaVersion: 2 })).toBe(false);
});
