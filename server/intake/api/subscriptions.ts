/** What people agreed to: signing up, categories of one contact, addresses that get no more mail. */
import { z } from 'zod';
import { insertEvents } from '#server/intake/insert-events.ts';
import { addToLists } from '#server/lists/lists.ts';
import { resubscribeAddresses, unsubscribeAddresses } from '#server/subscriptions/addresses.ts';
import { askToConfirm, holdAddress, readOptIn } from '#server/subscriptions/opt-in.ts';
import { setSubscriptions, subscribe, subscriptionsOf } from '#server/subscriptions/subscriptions.ts';
import { refusalWords } from '#shared/consent/decide.ts';
import { subscribeInput } from '#shared/contact/contact-input.schema.ts';
import { normaliseEmail } from '#shared/contact/normalise.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { numberParam, writeOne } from './contact.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, route } from './route.ts';
import { readSubscriber } from './subscriber.ts';

const tag = 'Subscriptions';
const MAX_EMAILS = 3_000;

const emailsInput = z.object({
  emails: z
    .array(z.string('is not a text'), 'emails is required')
    .min(1, 'Give at least one email')
    .max(MAX_EMAILS, `At most ${MAX_EMAILS} emails per request`),
});

const keys = z.array(z.string('is not the key of a category').trim().min(1).max(120)).max(200);
const subscriptionsInput = z.union([keys, z.object({ subscriptions: keys })], 'is not a list of keys of categories');

export function subscriptionRoutes(context: ApiContext): ApiRoute[] {
  const { deps } = context;

  async function existing(params: Readonly<Record<string, string>>): Promise<number> {
    const id = numberParam(params);
    const [row] = await deps.db.query('select 1 from contact where id = $1 and deleted_at is null', [id]);
    if (!row) throw new UserError('not_found', 'There is no contact with this id.', 'id');
    return id;
  }

  const keysOf = async (id: number): Promise<string[]> =>
    ((await subscriptionsOf(deps.db, [id])).get(id) ?? [])
      .filter(({ state }) => state === 'subscribed')
      .map(({ key }) => key);

  /** Says one thing of many addresses; what is no address, or was not taken, is answered. */
  async function say(emails: readonly string[], of: typeof unsubscribeAddresses) {
    const good = emails.map(normaliseEmail);
    const word = { source: 'api' as const, at: deps.now() };
    const refused = await deps.db.tx((tx) =>
      of(
        tx,
        good.filter((email) => email !== null),
        word,
      ),
    );
    deps.wake.notify('dirty');
    const failedEmails = emails.filter((_, at) => good[at] === null);
    const kept = [...refused].filter(([, why]) => why !== 'unchanged');
    return {
      json: {
        ...(failedEmails.length > 0 ? { failedEmails } : {}),
        ...(kept.length > 0 ? { refused: kept.map(([email, why]) => ({ email, reason: refusalWords[why] })) } : {}),
      },
    };
  }

  return [
    route({
      method: 'POST',
      path: '/v1/contact/subscribe',
      tag,
      summary:
        'A person signed up: their contact, lists, categories, and the event of the form. Where it is switched on they confirm by email first',
      may: 'contacts',
      once: (json) => z.object({ id: z.number() }).parse(json).id.toString(),
      body: subscribeInput,
      query: nothing,
      async run({ body }) {
        const { write, ignored } = await readSubscriber(context, body);
        const now = deps.now();
        const form = body.formType || null;
        const word = { source: 'form' as const, at: now, evidence: form && `form ${form}` };
        const { email, phone, externalCustomerId } = write.values;
        const asked = (email && (await readOptIn(deps.db)) && email) || null;
        if (asked) await deps.db.tx((tx) => holdAddress(tx, asked, word));
        let unknown: string[] = [];
        const id = await writeOne(context, { ...write, freshAct: true, source: 'Form' }, async (tx, { id }) => {
          // Of nobody: categories that wait for the answer are only looked at.
          const contacts = asked ? [] : [id];
          if (body.subscriptions?.length) ({ unknown } = await subscribe(tx, contacts, body.subscriptions, word));
          const params = { contactId: id, email, phone, externalCustomerId, formType: form };
          const type = form ? `subscribeFromApi-${form}` : 'subscribeFromApi';
          await insertEvents(tx, [{ owner: id, type, at: now, keyValue: String(id), params, source: 'API' }]);
          if (body.groups?.length) await addToLists(tx, [id], body.groups, { create: true, source: 'Form', now });
        });
        if (id === 0) throw new UserError('not_found', 'There is no contact with this id.', 'contact.id');
        const categories = (body.subscriptions ?? []).filter((key) => !unknown.includes(key));
        // By itself: an address is locked before its contacts, which the write above holds.
        if (asked) {
          await deps.db.tx((tx) => askToConfirm(tx, { contactId: id, email: asked, categories, form }, now));
          deps.wake.notify('optIn');
        } else if (email) await deps.db.tx((tx) => resubscribeAddresses(tx, [email], word));
        const told = [
          ...ignored,
          ...unknown.map((key) => ({ field: 'subscriptions', message: `there is no category “${key}”` })),
        ];
        return { json: told.length > 0 ? { id, ignored: told } : { id } };
      },
    }),
    ...['/v1/contact/:id/subscriptions', '/v2/contact/:id/subscriptions'].flatMap((path) => [
      route({
        method: 'GET',
        path,
        tag,
        summary: 'Keys of the categories a contact subscribes to',
        may: 'manageContacts',
        body: nothing,
        query: nothing,
        run: async ({ params }) => ({ json: await keysOf(await existing(params)) }),
      }),
      route({
        method: 'PUT',
        path,
        tag,
        summary: 'Subscribes a contact to exactly these categories',
        may: 'contacts',
        body: subscriptionsInput,
        query: nothing,
        async run({ params, body }) {
          const id = await existing(params);
          const wanted = Array.isArray(body) ? body : body.subscriptions;
          await deps.db.tx(async (tx) => {
            const { unknown } = await setSubscriptions(tx, id, wanted, { source: 'api', at: deps.now() });
            const [first] = unknown;
            if (first !== undefined) {
              throw new UserError('invalid_input', `There is no category “${first.slice(0, 120)}”.`, 'subscriptions');
            }
          });
          deps.wake.notify('dirty');
          return { json: await keysOf(id) };
        },
      }),
    ]),
    route({
      method: 'POST',
      path: '/v1/emails/unsubscribed/add',
      tag,
      summary: 'No more mail to these addresses, whoever has them',
      may: 'contacts',
      body: emailsInput,
      query: nothing,
      run: ({ body }) => say(body.emails, unsubscribeAddresses),
    }),
    route({
      method: 'POST',
      path: '/v1/emails/unsubscribed/delete',
      tag,
      summary: 'Mail may go to these addresses again; not to those that complained',
      may: 'manageContacts',
      body: emailsInput,
      query: nothing,
      run: ({ body }) => say(body.emails, resubscribeAddresses),
    }),
  ];
}
