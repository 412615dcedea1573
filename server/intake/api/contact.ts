/** One contact: added, updated, read, deleted, subscribed. */
import { z } from 'zod';
import { identifiersOf } from '#server/identity/contact-record.ts';
import { type ContactWrite, writeContacts } from '#server/identity/write-contacts.ts';
import type { Tx } from '#server/storage/database.ts';
import { contactInput } from '#shared/contact/contact-input.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { parseContact } from './contact-parse.ts';
import { readContacts } from './contact-read.ts';
import { type ContactRemoval, createContactRemoval } from './contact-removal.ts';
import type { ApiContext } from './context.ts';
import { type ApiAnswer, type ApiRoute, nothing, route } from './route.ts';

const tag = 'Contacts';

const eraseQuery = z.object({
  erase: z.enum(['true', 'false', ''], 'is not true or false').optional(),
});

export function numberParam(params: Readonly<Record<string, string>>, name = 'id'): number {
  const text = params[name] ?? '';
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UserError('not_found', `There is no “${text.slice(0, 40)}”.`, name);
  return Number(text);
}

/** Writes one contact after what waits about it, and answers its id. `also` happens in the same transaction. */
export async function writeOne(
  context: ApiContext,
  write: ContactWrite,
  also: (tx: Tx, written: { id: number; isNew: boolean }) => Promise<void> = async () => undefined,
): Promise<number> {
  const { deps } = context;
  const identifiers = [...identifiersOf(write.values), ...(write.identifiers ?? [])];
  await context.settlePending(identifiers.map(({ value }) => value));
  const id = await deps.db.tx(async (tx) => {
    const { ids, outcomes } = await writeContacts(tx, [write], { source: 'API', now: deps.now() });
    const found = ids[0] ?? 0;
    if (found !== 0) await also(tx, { id: found, isNew: outcomes.get(found) === 'created' });
    return found;
  });
  deps.wake.notify('dirty');
  return id;
}

export function contactRoutes(context: ApiContext): ApiRoute[] {
  const { deps } = context;
  const removal: ContactRemoval = createContactRemoval(context);

  async function idOfExternal(externalId: string): Promise<number> {
    const [row] = await deps.db.query<{ id: number }>(
      `select contact_id as id from identifier where kind = 'externalCustomerId' and value = $1`,
      [externalId],
    );
    if (!row)
      throw new UserError('not_found', 'There is no contact with this externalCustomerId.', 'externalCustomerId');
    return row.id;
  }

  async function remove(id: number, erase: boolean): Promise<ApiAnswer> {
    await (erase ? removal.erase(id) : removal.remove(id));
    return { text: `The contact ${id} was ${erase ? 'erased' : 'deleted'}.` };
  }

  async function parse(body: unknown) {
    const parsed = parseContact(body, await context.finderFor(body), context.deps.config.defaultRegion);
    if (!parsed.ok) throw new UserError('invalid_input', parsed.error.message, parsed.error.field || undefined);
    return parsed.value;
  }

  return [
    route({
      method: 'POST',
      path: '/v1/contact',
      tag,
      summary: 'Adds a contact, or updates the one it is',
      may: 'contacts',
      once: (json) => z.object({ id: z.number() }).parse(json).id.toString(),
      documented: contactInput,
      body: nothing,
      query: nothing,
      async run({ body }) {
        const { write, ignored } = await parse(body);
        const id = await writeOne(context, write);
        if (id === 0) throw new UserError('not_found', 'There is no contact with this id.', 'id');
        return { json: ignored.length > 0 ? { id, ignored } : { id } };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/contact/:id',
      tag,
      summary: 'A contact by its id',
      may: 'manageContacts',
      body: nothing,
      query: nothing,
      async run({ params }) {
        const [found] = await readContacts(context, [numberParam(params)]);
        if (!found) throw new UserError('not_found', 'There is no contact with this id.', 'id');
        return { json: found };
      },
    }),
    route({
      method: 'PUT',
      path: '/v1/contact/:id',
      tag,
      summary: 'Updates a contact by its id; answered with a sentence',
      may: 'contacts',
      documented: contactInput,
      body: z.looseObject({}, 'is not an object'),
      query: nothing,
      async run({ body, params }) {
        const id = numberParam(params);
        const [found] = await deps.db.query('select 1 from contact where id = $1 and deleted_at is null', [id]);
        if (!found) throw new UserError('not_found', 'There is no contact with this id.', 'id');
        const { write } = await parse({ ...body, id });
        await writeOne(context, write);
        return { text: `The contact ${id} was updated.` };
      },
    }),
    route({
      method: 'DELETE',
      path: '/v1/contact/:id',
      tag,
      summary: 'Deletes a contact by its id (it can be restored), or erases it for good; answered with a sentence',
      may: 'manageContacts',
      body: nothing,
      query: eraseQuery,
      run: ({ params, query }) => remove(numberParam(params), query.erase === 'true'),
    }),
    route({
      method: 'DELETE',
      path: '/v1/contact',
      tag,
      summary: 'The same by externalCustomerId',
      may: 'manageContacts',
      body: nothing,
      query: eraseQuery.extend({
        externalCustomerId: z.string('externalCustomerId is required').min(1, 'externalCustomerId is required'),
      }),
      run: async ({ query }) => remove(await idOfExternal(query.externalCustomerId.trim()), query.erase === 'true'),
    }),
  ];
}
