import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalJson } from '#shared/kernel/json.ts';
import type { Envelope } from './envelope.schema.ts';
import { equalContent, type Lost, mergeDocument, mergeEnvelopes } from './merge.ts';

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
      for (const entry of lost) {
        expect(merged[entry.field]).toEqual(mine[entry.field]);
        expect(entry.kept).toEqual(mine[entry.field] ?? null);
        expect(entry.lost).toEqual(theirs[entry.field] ?? null);
      }
    }),
  );
  const rule = (...words: string[]) => ({ rule: { type: 'all', rules: words } });
  expect(mergeDocument('segment', rule('a'), rule('a', 'b'), rule('a', 'c'))).toEqual({
    body: rule('a', 'b'),
    lost: [{ field: 'rule', kept: rule('a', 'b').rule, lost: rule('a', 'c').rule }],
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
  const fell = [{ field: 'deleted', kept: false, lost: true }];
  expect(mergeEnvelopes(base, { ...edited, rev: 1 }, gone)).toEqual({ merged: edited, lost: fell, loser: 'theirs' });
  expect(mergeEnvelopes(base, { ...gone, rev: 1 }, edited)).toEqual({ merged: edited, lost: fell, loser: 'mine' });
  expect(mergeEnvelopes(base, { ...gone, rev: 1 }, { ...base, rev: 2 })).toMatchObject({ merged: gone, lost: [] });
  expect(mergeEnvelopes(base, base, gone)).toMatchObject({ merged: gone, lost: [] });
});

test('[MERGE-5] server-owned and append-only documents are the server’s', () => {
  fc.assert(
    fc.property(fc.constantFrom('campaign-run', 'contact-edit'), body, body, body, (kind, base, mine, theirs) => {
      expect(mergeDocument(kind, base, mine, theirs)).toEqual({ body: theirs, lost: [] });
    }),
  );
});

const people = ['ann', 'ben', 'cas', 'dee'];
const settled = fc.subarray(people).map((settledBy) => ({ settledBy, at: 1 }));

test('[MERGE-6] a set holds what either side added and not what either side took out', () => {
  fc.assert(
    fc.property(settled, settled, settled, (base, mine, theirs) => {
      const { body: merged, lost } = mergeDocument('review', base, mine, theirs);
      const is = (side: typeof base, name: string) => side.settledBy.includes(name);
      const expected = people.filter((name) => (is(mine, name) === is(base, name) ? is(theirs, name) : is(mine, name)));
      expect(lost).toEqual([]);
      expect([...(merged.settledBy as string[])].toSorted()).toEqual(expected);
      expect(mergeDocument('review', theirs, merged, theirs).body).toEqual(merged);
    }),
  );
});

test('[MERGE-6] whatever else a review says is the server’s, and one that is gone stays gone', () => {
  const base = { ...envelope({ body: { at: 1, settledBy: [] }, deleted: false, rev: 1 }), kind: 'review' };
  const mine = { ...base, body: { at: 2, settledBy: ['ann'] } };
  const theirs = { ...base, rev: 2, body: { at: 1, settledBy: ['ben'] } };
  expect(mergeEnvelopes(base, mine, theirs).merged).toEqual({ ...theirs, body: { at: 1, settledBy: ['ben', 'ann'] } });
  const gone = { ...base, rev: 2, deleted: true, body: {} };
  expect(mergeEnvelopes(base, mine, gone)).toMatchObject({ merged: gone, lost: [] });
});

test('[MERGE-5] a document that became another kind is the server’s', () => {
  const mine = envelope({ body: { name: 'a' }, deleted: false, rev: 1 });
  const theirs: Envelope = { ...mine, kind: 'campaign', rev: 2 };
  expect(mergeEnvelopes(null, mine, theirs)).toMatchObject({ merged: theirs, lost: [] });
});

type Peer = { base: Envelope; local: Envelope };
/** One exchange with a server that only compares revisions: merge and push until it takes the text. */
function exchange(peer: Peer, server: Envelope, heard: Lost[]): Envelope {
  if (equalContent(peer.local, peer.base)) {
    peer.base = server;
    peer.local = server;
    return server;
  }
  const taken = peer.base.rev === server.rev;
  if (!taken) {
    const { merged, lost } = mergeEnvelopes(peer.base, peer.local, server);
    heard.push(...lost);
    peer.local = merged;
    peer.base = server;
    return exchange(peer, server, heard);
  }
  peer.base = { ...peer.local, rev: server.rev + 1 };
  peer.local = peer.base;
  return peer.base;
}

const edits = fc.array(fc.record({ peer: fc.nat(3), field: fc.constantFrom(...fields), talk: fc.boolean() }), {
  maxLength: 40,
});

test('[MERGE-2] [MERGE-3] peers that saw the same writes end equal, and every value is in the result, superseded or kept for review', () => {
  fc.assert(
    fc.property(edits, (steps) => {
      let server = envelope({ body: {}, deleted: false, rev: 1 });
      const heard: Lost[] = [];
      const peers = Array.from({ length: 4 }, (): Peer => ({ base: server, local: server }));
      const writers = new Map<string, Set<number>>();
      const written: { field: string; value: string }[] = [];
      /** Values that somebody who had seen them replaced on purpose. */
      const superseded = new Set<unknown>();
      for (const [at, { peer: index, field, talk }] of steps.entries()) {
        const peer = peers[index];
        if (!peer) continue;
        const value = `${index} ${at}`;
        superseded.add(peer.local.body[field]);
        peer.local = { ...peer.local, body: { ...peer.local.body, [field]: value } };
        writers.set(field, (writers.get(field) ?? new Set()).add(index));
        written.push({ field, value });
        if (talk) server = exchange(peer, server, heard);
      }
      for (const peer of [...peers, ...peers]) server = exchange(peer, server, heard);
      for (const peer of peers) expect(peer.local).toEqual(server);
      for (const { field, value } of written) {
        const kept = server.body[field] === value || heard.some(({ lost }) => lost === value);
        expect(kept || superseded.has(value)).toBe(true);
        const newest = written.findLast((one) => one.field === field)?.value;
        if (writers.get(field)?.size === 1) expect(server.body[field]).toBe(newest);
      }
    }),
    { numRuns: 300 },
  );
});

test('[DOC-4] equal content is told by what a document says, not by its revision or the order of its fields', () => {
  const one = envelope({ body: { name: 'a', description: 'b' }, deleted: false, rev: 1 });
  expect(equalContent(one, { ...one, rev: 7, body: { description: 'b', name: 'a' } })).toBe(true);
  expect(equalContent(one, { ...one, body: { name: 'a' } })).toBe(false);
  expect(equalContent(one, { ...one, deleted: true })).toBe(false);
  expect(equalContent(one, { ...one, schemaVersion: 2 })).toBe(false);
});
