import type { FastifyRequest } from 'fastify';
import { endingWithAccess } from '#server/accounts/access.ts';
import { type Accounts, createAccounts } from '#server/accounts/accounts.ts';
import { type ApiKeys, createApiKeys } from '#server/accounts/api-keys.ts';
import { webHeaders } from '#server/accounts/auth-routes.ts';
import { createDevices } from '#server/accounts/devices.ts';
import { createMembers } from '#server/accounts/members.ts';
import { cloudEventRoutes } from '#server/cloud-events/cloud-event-routes.ts';
import { createBulkJobs } from '#server/contacts/bulk/bulk-jobs.ts';
import { createContactPort } from '#server/contacts/erase-contact.ts';
import { createCampaigns } from '#server/deliveries/campaigns.ts';
import { trackingRoutes } from '#server/deliveries/tracking-routes.ts';
import { createDemo } from '#server/demo/demo.ts';
import type { RoutePlugin } from '#server/http/server.ts';
import { createImports } from '#server/imports/imports.ts';
import { uploadRoutes } from '#server/imports/upload-routes.ts';
import { publicApi } from '#server/intake/api/public-api.ts';
import { createIntake } from '#server/intake/intake.ts';
import { createIntakeWorker } from '#server/intake/intake-worker.ts';
import { createProblemPort } from '#server/intake/problem-port.ts';
import { mobileRoutes } from '#server/mobile-api/mobile-routes.ts';
import { createReports } from '#server/reports/reports.ts';
import { segmentRoutes } from '#server/segment-api/segment-routes.ts';
import { createMemberKeeper } from '#server/segments/member-keeper.ts';
import { createSegmentMemberships } from '#server/segments/segment-memberships.ts';
import type { Deps, Service } from '#server/service.ts';
import { createConsentPort } from '#server/subscriptions/consent-port.ts';
import { createOptInMailer } from '#server/subscriptions/opt-in-mailer.ts';
import { optInRoutes } from '#server/subscriptions/opt-in-routes.ts';
import { chunkRoutes } from '#server/sync/chunk-routes.ts';
import { createSync } from '#server/sync/sync.ts';
import { createEventPort } from '#server/tracker/event-port.ts';
import { createSitePort } from '#server/tracker/site-seen.ts';
import { trackerRoutes } from '#server/tracker/tracker-routes.ts';
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
export function composeParts(deps: Deps, options: { say: (line: string) => void; oldestClient: number }): Parts {
  const accounts = createAccounts(deps, options);
  const devices = createDevices(deps);
  const apiKeys = createApiKeys(deps);
  const sync = createSync(deps);
  const campaigns = createCampaigns(deps);
  const intake = createIntake(deps);
  const imports = createImports(deps);
  const bulk = createBulkJobs(deps);
  const callerOf = (request: FastifyRequest) => accounts.callerOf(webHeaders(request));
  const workers =
    deps.config.role === 'api'
      ? []
      : [createIntakeWorker(deps), imports.service, bulk.service, createOptInMailer(deps), createMemberKeeper(deps)];

  return {
    services: [accounts, devices, sync, campaigns.service, ...workers, intake],
    ports: {
      system: accounts,
      apiKeys,
      sync: endingWithAccess(deps, sync),
      campaigns: campaigns.port,
      imports: imports.port,
      reports: createReports(deps),
      demo: createDemo(deps),
      members: createMembers(deps),
      devices,
      contacts: createContactPort(deps),
      bulk: bulk.port,
      segments: createSegmentMemberships(deps.db),
      consent: createConsentPort(deps),
      events: createEventPort(deps),
      problems: createProblemPort(deps),
      sites: createSitePort(deps),
    },
    routes: [
      trackingRoutes(deps),
      optInRoutes(deps),
      chunkRoutes(deps, callerOf),
      publicApi(deps, { intake, apiKeys, imports }),
      segmentRoutes(deps, { intake, apiKeys }),
      cloudEventRoutes(deps, { intake, apiKeys }),
      mobileRoutes(deps, { intake, apiKeys }),
      trackerRoutes(deps, { intake }),
      uploadRoutes(deps, { uploads: imports.uploads, callerOf }),
    ],
    accounts,
    apiKeys,
  };
}
