/** What leads to a contact besides its emails and phones (contact-addresses.ts). */
import type { Deps } from '#server/service.ts';
import type { ContactPort } from '#shared/api/ports.ts';
import type { ContactIdentifier } from '#shared/contact/contact-identifier.ts';
import { identifierKinds } from '#shared/contact/identifiers.ts';

/** More than a person has; what somebody's script piles up must not make the answer endless. */
const MOST = 500;

const shownKinds = identifierKinds.filter((kind) => kind !== 'email' && kind !== 'phone');

export function createIdentifierPort({ db }: Pick<Deps, 'db'>): Pick<ContactPort, 'identifiers'> {
  return {
    identifiers: (_caller, contactId) =>
      // What came with its contact is noted there.
      db.query<ContactIdentifier>(
        `select i.kind, i.value, coalesce(i.source, c.source) as source,
                (extract(epoch from coalesce(i.since, c.created_at)) * 1000)::bigint as since
           from identifier i join contact c on c.id = i.contact_id
          where i.contact_id = $1 and i.kind = any($2::text[])
          order by array_position($2::text[], i.kind), 4 desc, i.value limit ${MOST}`,
        [contactId, shownKinds],
      ),
  };
}
