/** Who one is connected to, and what there is to pay: a self-hosted server has no balance, but clients ask for it. */
import { addressBook, fieldList } from './address-book.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, route } from './route.ts';

const tag = 'Account';

export function accountRoutes(context: ApiContext): ApiRoute[] {
  const { db, config } = context.deps;
  const version = { version: `${config.version}-muster`, protocolVersion: '1.0' };
  const versions = (['v1', 'v2', 'v3'] as const).map((at) =>
    route({
      method: 'GET',
      path: `/${at}/version`,
      tag,
      summary: 'Version of the server and of the protocol',
      body: nothing,
      query: nothing,
      run: async () => ({ json: version }),
    }),
  );
  return [
    ...versions,
    route({
      method: 'GET',
      path: '/v1/account/info',
      tag,
      summary: 'Name of the workspace and address of its first member (not for keys of events, which anybody may read)',
      body: nothing,
      query: nothing,
      async run({ key }) {
        const [row] = await db.query<{ id: number; name: string; email: string | null }>(
          'select id, name, (select email from "user" order by "createdAt" limit 1) as email from workspace where id = 1',
        );
        const userEmail = key.scope === 'events' ? '' : (row?.email ?? '');
        return { json: { orgId: row?.id ?? 1, userEmail, organisationName: row?.name ?? '' } };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/balance',
      tag,
      summary: 'Always enough: nothing is charged here',
      body: nothing,
      query: nothing,
      async run() {
        const [row] = await db.query<{ currency: string }>('select currency from workspace where id = 1');
        const { currency } = row ?? { currency: 'GBP' };
        return { json: { currentBalance: 0, creditLimit: 0, currency, bonusEmails: 0, bonusSmses: 0 } };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/addressbooks',
      tag,
      summary: 'Additional fields of contacts by their lists',
      may: 'contacts',
      body: nothing,
      query: nothing,
      run: async () => ({ json: addressBook(await context.fieldFinder()) }),
    }),
    route({
      method: 'GET',
      path: '/v1/additionalfields',
      tag,
      summary: 'Additional fields of contacts',
      may: 'contacts',
      body: nothing,
      query: nothing,
      run: async () => ({ json: fieldList(await context.fieldFinder()) }),
    }),
    ...(['POST', 'DELETE'] as const).map((method) =>
      route({
        method,
        path: '/v1/shopify/token',
        tag,
        summary: 'Taken so that the Shopify app connects; nothing is fetched from shops, so nothing is kept',
        may: 'manageContacts',
        body: nothing,
        query: nothing,
        run: async () => ({ json: {} }),
      }),
    ),
    ...['/v1/interfaces/sms', '/v1/callouts/sms'].map((path) =>
      route({
        method: 'GET',
        path,
        tag,
        summary: 'Empty: no SMS is sent from here yet',
        may: 'messages',
        body: nothing,
        query: nothing,
        run: async () => ({ json: [] }),
      }),
    ),
  ];
}
