/** Orders: added and updated by their external id. */
import { parseOrders } from '#server/intake/order-requests.ts';
import { ordersInput } from '#shared/order/order-input.schema.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, route } from './route.ts';
import { beginSession, newSessionId } from './sessions.ts';

export function orderRoutes(context: ApiContext): ApiRoute[] {
  return ['/v1/orders', '/v2/orders'].map((path) =>
    route({
      method: 'POST',
      path,
      tag: 'Orders',
      summary: 'Adds orders, and updates those whose externalOrderId (of their storeId, if they have one) is known',
      may: 'contacts',
      once: () => path,
      body: ordersInput,
      query: nothing,
      async run({ body }) {
        const id = newSessionId();
        const { rows, failed, ignored } = parseOrders(body, {
          zone: await context.zone(),
          region: context.deps.config.defaultRegion,
          session: id,
        });
        await beginSession(context.deps.db, { id, total: body.orders.length, refused: failed.length });
        await context.intake.append(rows);
        const told = { id: 0, asyncSessionId: id, failedOrders: failed };
        return { json: ignored.length > 0 ? { ...told, ignored } : told };
      },
    }),
  );
}
