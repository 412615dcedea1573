import { type Accounts, createAccounts } from '#server/accounts/accounts.ts';
import { type ApiKeys, createApiKeys } from '#server/accounts/api-keys.ts';
import { webHeaders } from '#server/accounts/auth-routes.ts';
import { createCampaigns } from '#server/deliveries/campaigns.ts';
import { trackingRoutes } from '#server/deliveries/tracking-routes.ts';
import type { RoutePlugin } from '#server/http/server.ts';
import type { Deps, Service } from '#server/service.ts';
import { chunkRoutes } from '#server/sync/chunk-routes.ts';
import { createSync } from '#server/sync/sync.ts';
import type { Ports } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';

export type Parts = {
  /** Started in this order once the database is ready, stopped in the reverse order. */
  services: Service[];
  ports: Ports;
  routes: RoutePlugin[];
  accounts: Accounts;
  apiKeys: ApiKeys;
};

/** Stands for a part that is not there yet: every call says so. */
function unavailable<T extends object>(name: string): T {
  return new Proxy({} as T, {
    get: () => async () => {
      throw new UserError('not_ready', `${name} is not there yet.`);
    },
  });
}

/** Constructs every part of the server and tells who needs whom. What only workers do is left out of an `api` process. */
export function composeParts(deps: Deps, say: (line: string) => void): Parts {
  const accounts = createAccounts(deps, { say });
  const apiKeys = createApiKeys(deps);
  const sync = createSync(deps);
  const campaigns = createCampaigns(deps);

  return {
    services: [accounts, sync, campaigns.service],
    ports: {
      system: accounts,
      apiKeys,
      sync,
      campaigns: campaigns.port,
      imports: unavailable('Imports'),
      reports: unavailable('Reports'),
      demo: unavailable('Demo'),
    },
    routes: [trackingRoutes(deps), chunkRoutes(deps, (request) => accounts.callerOf(webHeaders(request)))],
    accounts,
    apiKeys,
  };
}
