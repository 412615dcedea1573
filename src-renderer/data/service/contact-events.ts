/** What a contact did. Columns of everybody's events are read only where nothing less will do. */
import type { EventRow } from '#renderer/data/columns/contact-card.ts';
import type { ContactEvents } from '#renderer/data/data-api.ts';
import { MOST_EVENT_DETAILS } from '#shared/event/event-detail.schema.ts';
import { readDetails } from './event-details.ts';
import type { OpenAccount } from './open-account.ts';

type Account = Pick<OpenAccount, 'engine' | 'meta'> & { columns: Pick<OpenAccount['columns'], 'need'> };

export async function contactEvents(account: Account, id: number, all: boolean): Promise<ContactEvents> {
  const { columns, engine, meta } = account;
  const told = await readDetails(meta, id);
  const known = new Map(told?.map((event) => [event.rowId, { params: event.params, source: event.source }]));
  const withDetails = ({ rowId, at, type }: EventRow) => ({ rowId, at, type, details: known.get(rowId) ?? null });
  if (!all && !engine.store.has('event')) {
    if (!engine.hasContact(id) || !told) return { reach: 'unknown', events: [], asOf: engine.asOf };
    const events = engine.newestEventsOf(id, told).map(withDetails);
    // What the server tells is not limited to what this device keeps.
    const asOf = { ...engine.asOf, eventsFrom: null };
    return { reach: told.length < MOST_EVENT_DETAILS ? 'all' : 'newest', events, asOf };
  }
  await columns.need(['event']);
  const since = engine.asOf.eventsFrom;
  const older = since === null || !engine.hasContact(id) ? [] : (told ?? []).filter(({ at }) => at < since);
  return { reach: 'all', events: [...engine.eventsOf(id), ...older].map(withDetails), asOf: engine.asOf };
}
