import { readEventTypeFacts } from '#server/intake/event-type-facts.ts';
import { latestEvents } from '#server/intake/latest-events.ts';
import type { Deps } from '#server/service.ts';
import { can } from '#shared/account/roles.ts';
import type { EventPort } from '#shared/api/ports.ts';
import type { EventDetail } from '#shared/event/event-detail.schema.ts';

/** What a card shows before anybody scrolls for long. */
const MOST_EVENTS = 300;
/** Of one event's parameters as JSON. */
const LONGEST_PARAMS = 8_000;

/** What events say: of a contact, for devices that show its card; the newest ones; and what is known of a type's parameters. */
export function createEventPort({ db }: Pick<Deps, 'db'>): EventPort {
  return {
    ofContact: (_caller, contactId) =>
      db.query<EventDetail>(
        `select row_id as "rowId", source, case when length(params::text) <= $3 then params end as params
           from event
          where contact_id = $1 or contact_id = any(array(select id from contact_alias where survivor = $1))
          order by at desc, row_id desc limit $2`,
        [contactId, MOST_EVENTS, LONGEST_PARAMS],
      ),
    latest: (caller, input) => latestEvents(db, caller.role, input),
    typeFacts: (caller, key) => readEventTypeFacts(db, key, { examples: can(caller.role, 'readPersonal') }),
  };
}
