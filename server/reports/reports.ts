import type { Deps } from '#server/service.ts';
import type { ReportPort } from '#shared/api/ports.ts';
import { revenueReport } from './revenue.ts';

export function createReports(deps: Pick<Deps, 'db'>): ReportPort {
  return {
    revenue: (_caller, input) => revenueReport(deps.db, input),
  };
}
