import { readEventTypeFacts } from '#server/intake/event-type-facts.ts';
import { latestEvents } from '#server/intake/latest-events.ts';
import type { Deps } from '#server/service.ts';
import { can } from '#shared/account/roles.ts';
import type { EventPort } from '#shared/api/ports.ts';
import { type EventDetail, MOST_EVENT_DETAILS } from '#shared/event/event-detail.schema.ts';

/** Of one event's parameters as JSON. */
const LONGEST_PARAMS = 8_000;

/** What events say: of a contact, for devices that show its card; the newest ones; and what is known of a type's parameters. */
export function createEventPort({ db }: Pick<Deps, 'db'>): EventPort {
  return {
    ofContact: (caller, contactId) =>
      db.query<EventDetail>(
        `select e.row_id as "rowId", (extract(epoch from e.at) * 1000)::bigint as at, t.key as type, e.source,
                case when $4 and length(e.params::text) <= $3 then e.params end as params
           from event e join event_type t on t.id = e.type_id
          where e.contact_id = $1 or e.contact_id = any(array(select id from contact_alias where survivor = $1))
          order by e.at desc, e.row_id desc limit $2`,
        [contactId, MOST_EVENT_DETAILS, LONGEST_PARAMS, can(caller.role, 'readPersonal')],
      ),
    latest: (caller, input) => latestEvents(db, caller.role, input),
    typeFacts: (caller, key) => readEventTypeFacts(db, key, { examples: can(caller.role, 'readPersonal') }),
  };
}
