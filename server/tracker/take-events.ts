/** Which of the events that a page sent are kept. */
import { isbot } from 'isbot';
import type { IntakeRow } from '#server/intake/intake-row.ts';
import { type Failure, parsePart } from '#server/intake/parse-body.ts';
import type { KnownSite, Sites } from './sites.ts';
import { webEvent } from './web-event.schema.ts';
import { webEventRow } from './web-event.ts';

/** `region`: see MUSTER_DEFAULT_REGION. */
export type Visit = { origin: string | undefined; address: string; agent: string; region: string | null };
type Problem = Omit<Failure, 'index'>;
export type Taken = { rows: IntakeRow[]; arrived: { siteId: string; eventName: string }[]; rejected: Failure[] };

function refusal(site: KnownSite | null, { origin }: Visit): Problem | null {
  const field = 'GeneralInfo.siteId';
  if (!site) return { code: 'forbidden', field, message: 'There is no site with this siteId.' };
  if (site.allows(origin)) return null;
  return { code: 'forbidden', field, message: `Pages of ${origin} may not send for this site. Add the domain to it.` };
}

/** Programs of a shop have no browser's name; in a browser a bot's name is a bot. */
const isNobody = (site: KnownSite, { origin, address, agent }: Visit): boolean =>
  site.isStaff(address) || (origin !== undefined && isbot(agent));

export async function takeEvents(sites: Sites, given: readonly unknown[], visit: Visit, now: number): Promise<Taken> {
  const taken: Taken = { rows: [], arrived: [], rejected: [] };
  for (const [index, one] of given.entries()) {
    const parsed = parsePart(webEvent, one);
    if (!parsed.ok) {
      const { field, message } = parsed.error;
      taken.rejected.push({ index, code: 'invalid_input', field: field || null, message });
      continue;
    }
    const { eventName, siteId } = parsed.value.GeneralInfo;
    const site = await sites.find(siteId);
    const problem = refusal(site, visit);
    if (problem) taken.rejected.push({ index, ...problem });
    else if (site && !isNobody(site, visit)) {
      taken.rows.push(webEventRow(parsed.value, now, visit.region));
      taken.arrived.push({ siteId: site.id, eventName });
    }
  }
  return taken;
}
