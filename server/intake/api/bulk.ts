/** Contacts in bulk, and what became of them. */
import { contactsInput } from '#shared/contact/contact-input.schema.ts';
import { parseContacts } from './contacts-bulk.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, route } from './route.ts';
import { beginSession, newSessionId, readSession } from './sessions.ts';

const tag = 'Contacts';

export function bulkRoutes(context: ApiContext): ApiRoute[] {
  const { deps, intake } = context;
  return [
    route({
      method: 'POST',
      path: '/v1/contacts',
      tag,
      summary: 'Adds and updates up to 3,000 contacts; those that cannot be taken are answered, the others are written',
      may: 'contacts',
      once: () => 'contacts',
      body: contactsInput,
      query: nothing,
      async run({ body }) {
        const id = newSessionId();
        const { rows, failed, ignored } = parseContacts(body, {
          fields: await context.fieldFinder(),
          session: id,
          region: deps.config.defaultRegion,
        });
        await beginSession(deps.db, { id, total: body.contacts.length, refused: failed.length });
        await intake.append(rows);
        const told = { id: 0, asyncSessionId: id, failedContacts: failed };
        return { json: ignored.length > 0 ? { ...told, ignored } : told };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/importstatus/:sessionId',
      tag,
      summary: 'How far a bulk request is, and which contacts it became',
      may: 'contacts',
      body: nothing,
      query: nothing,
      run: async ({ params }) => ({ json: await readSession(deps.db, params.sessionId ?? '') }),
    }),
  ];
}
