import type { FastifyRequest } from 'fastify';
import { type Accounts, createAccounts } from '#server/accounts/accounts.ts';
import { type ApiKeys, createApiKeys } from '#server/accounts/api-keys.ts';
import { webHeaders } from '#server/accounts/auth-routes.ts';
import { createCampaigns } from '#server/deliveries/campaigns.ts';
import { trackingRoutes } from '#server/deliveries/tracking-routes.ts';
import { createDemo } from '#server/demo/demo.ts';
import type { RoutePlugin } from '#server/http/server.ts';
import { createImports } from '#server/imports/imports.ts';
import { uploadRoutes } from '#server/imports/upload-routes.ts';
import { apiRoutes } from '#server/intake/api-routes.ts';
import { createIntake } from '#server/intake/intake.ts';
import { createIntakeWorker } from '#server/intake/intake-worker.ts';
import { createReports } from '#server/reports/reports.ts';
import type { Deps, Service } from '#server/service.ts';
import { chunkRoutes } from '#server/sync/chunk-routes.ts';
import { createSync } from '#server/sync/sync.ts';
import type { Ports } from '#shared/api/ports.ts';

export type Parts = {
  /** Started in this order once the database is ready, stopped in the reverse order. */
  services: Service[];
  ports: Ports;
  routes: RoutePlugin[];
  accounts: Accounts;
  apiKeys: ApiKeys;
};

/** Constructs every part of the server and tells who needs whom. What only workers do is left out of an `api` process. */
export function composeParts(deps: Deps, say: (line: string) => void): Parts {
  const accounts = createAccounts(deps, { say });
  const apiKeys = createApiKeys(deps);
  const sync = createSync(deps);
  const campaigns = createCampaigns(deps);
  const intake = createIntake(deps);
  const imports = createImports(deps);
  const callerOf = (request: FastifyRequest) => accounts.callerOf(webHeaders(request));
  const workers = deps.config.role === 'api' ? [] : [createIntakeWorker(deps), imports.service];

  return {
    services: [accounts, sync, campaigns.service, ...workers, intake],
    ports: {
      system: accounts,
      apiKeys,
      sync,
      campaigns: campaigns.port,
      imports: imports.port,
      reports: createReports(deps),
      demo: createDemo(deps),
    },
    routes: [
      trackingRoutes(deps),
      chunkRoutes(deps, callerOf),
      apiRoutes(deps, { intake, apiKeys }),
      uploadRoutes(deps, { uploads: imports.uploads, callerOf }),
    ],
    accounts,
    apiKeys,
  };
}
