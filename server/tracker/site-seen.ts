import type { Deps } from '#server/service.ts';
import type { SitePort } from '#shared/api/ports.ts';
import { type SiteStep, siteStepOf } from '#shared/site/site-steps.ts';

/** A set-up is watched by a person: more often than this nothing is noted. */
const NOTE_EVERY_MS = 5_000;

/** Notes which events of a site have arrived, for the checklist of its set-up. */
export function createSiteSeen(deps: Pick<Deps, 'db' | 'now'>) {
  const noted = new Map<string, number>();

  function isDue(siteId: string, step: SiteStep): boolean {
    const key = `${siteId} ${step}`;
    const last = noted.get(key);
    if (last !== undefined && deps.now() < last + NOTE_EVERY_MS) return false;
    noted.set(key, deps.now());
    return true;
  }

  return async (arrived: readonly { siteId: string; eventName: string }[]): Promise<void> => {
    const due = arrived.flatMap(({ siteId, eventName }) => {
      const step = siteStepOf(eventName);
      return step !== null && isDue(siteId, step) ? [{ siteId, step }] : [];
    });
    if (due.length === 0) return;
    await deps.db.query(
      `insert into site_seen (site_id, step, at)
       select site_id, step, $3 from unnest($1::text[], $2::text[]) as s (site_id, step) order by 1, 2
       on conflict (site_id, step) do update set at = greatest(site_seen.at, excluded.at)`,
      [due.map(({ siteId }) => siteId), due.map(({ step }) => step), new Date(deps.now()).toISOString()],
    );
  };
}

export function createSitePort({ db }: Pick<Deps, 'db'>): SitePort {
  return {
    async seen(_caller, siteId) {
      const rows = await db.query<{ step: string; at: Date }>('select step, at from site_seen where site_id = $1', [
        siteId,
      ]);
      const of = (step: SiteStep): number | null => rows.find((row) => row.step === step)?.at.getTime() ?? null;
      return {
        pageView: of('pageView'),
        productView: of('productView'),
        cart: of('cart'),
        customer: of('customer'),
        purchase: of('purchase'),
      };
    },
  };
}
