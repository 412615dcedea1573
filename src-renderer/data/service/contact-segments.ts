/**
 * Which segments a contact is in: worked out here for this one contact, at once and offline. Since when only the server
 * knows; what it said of the contacts whose cards were looked at is kept, and says also who is in a segment that cannot be
 * worked out here.
 */
import { z } from 'zod';
import type { ContactSegments } from '#renderer/data/data-api.ts';
import type { MetaStore } from '#renderer/data/store/meta.ts';
import type { SegmentMembership } from '#shared/api/ports.ts';
import { liveRule, type Rule, segmentSchema } from '#shared/segment/segment.schema.ts';
import { keepLatest } from './keep-latest.ts';
import type { OpenAccount } from './open-account.ts';
import { personalFieldOf } from './personal-rule.ts';
import { ruleTables } from './rule-tables.ts';

const PREFIX = 'segments:';
const keyOf = (contactId: number): string => `${PREFIX}${contactId}`;
const kept = z.object({
  contactId: z.int(),
  at: z.number(),
  since: z.array(z.object({ segmentId: z.string(), since: z.number().nullable() })),
});

export async function keepSegments(
  meta: MetaStore,
  contactId: number,
  since: readonly SegmentMembership[],
  now: number,
): Promise<void> {
  await meta.set(keyOf(contactId), { contactId, at: now, since: [...since] });
  await keepLatest(meta, PREFIX);
}

type Account = Pick<OpenAccount, 'engine' | 'meta'> & {
  columns: Pick<OpenAccount['columns'], 'need' | 'needLines'>;
  documents: Pick<OpenAccount['documents'], 'list'>;
  device: { keep: Pick<OpenAccount['device']['keep'], 'personal'> };
};
type Segment = { id: string; name: string; rule: Rule };

export async function contactSegments(account: Account, id: number, all: boolean): Promise<ContactSegments> {
  const { documents, engine, meta } = account;
  if (!engine.hasContact(id)) return { segments: [], untold: 0, unknown: 0 };
  const segments: Segment[] = (await documents.list('segment')).flatMap(({ id: segmentId, body }) => {
    const parsed = segmentSchema.safeParse(body);
    return parsed.success ? [{ id: segmentId, name: parsed.data.name, rule: liveRule(parsed.data) }] : [];
  });
  const said = await meta.get(keyOf(id), kept);
  const told = new Map(said?.since.map(({ segmentId, since }) => [segmentId, since]));
  const here = segments.filter(({ rule }) => isCountable(rule, account, all));
  await needTables(account, id, here);
  const matching = engine.matches(
    id,
    here.map(({ rule }) => rule),
  );
  const worked = new Map(here.map((segment, at) => [segment.id, matching[at]]));
  const isIn = (segment: Segment) => worked.get(segment.id) ?? (said ? told.has(segment.id) : undefined);
  const found = segments.filter((segment) => isIn(segment) === true);
  return {
    segments: found
      .map(({ id: segmentId, name }) => ({ id: segmentId, name, since: told.get(segmentId) ?? null }))
      .toSorted((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)),
    untold: found.filter((segment) => !told.has(segment.id)).length,
    unknown: segments.filter((segment) => isIn(segment) === undefined).length,
  };
}

/** Whether this device can tell who matches, without reading everybody's events unless `all` is wanted. */
function isCountable(rule: Rule, { device, engine }: Account, all: boolean): boolean {
  if (!device.keep.personal && personalFieldOf(rule, engine.fields) !== null) return false;
  return all || engine.store.has('event') || !ruleTables(rule, engine.fields).has('event');
}

/** Of orders' lines only the contact's own are read. */
async function needTables({ columns, engine }: Account, id: number, segments: readonly Segment[]): Promise<void> {
  const wanted = new Set(segments.flatMap(({ rule }) => [...ruleTables(rule, engine.fields)]));
  const withLines = wanted.delete('orderLine');
  await columns.need([...wanted]);
  if (withLines) await columns.needLines((engine.contactCard(id)?.orders ?? []).map(({ rowId }) => rowId));
}
