import type { ContactValues } from '#shared/contact/normalise.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import { demoPlaces } from './demo-names.ts';
import type { Random } from './random.ts';

/** Nothing can be delivered below .invalid (RFC 2606); sending also refuses demo contacts. */
export const DEMO_DOMAIN = 'demo.muster.invalid';
export const DEMO_CONTACTS = 2000;

export type DemoPerson = {
  values: ContactValues;
  createdAt: number;
  /** Orders to expect in 90 days. */
  habit: number;
  /** Index of the favourite category's share; larger likes variety less. */
  taste: number;
};

/** The shop's customers. Most buy once or twice, some keep coming back, a fifth only looks. */
export function demoPeople(random: Random, now: number): DemoPerson[] {
  return Array.from({ length: DEMO_CONTACTS }, (_, at) => {
    const place = demoPlaces[random.weighted(demoPlaces.map(({ weight }) => weight))] ?? random.pick(demoPlaces);
    const isWoman = random.chance(0.58);
    const lastName = random.pick(place.lastNames);
    const number = String(at + 1).padStart(4, '0');
    const isGuest = random.chance(0.12);
    // The shop grows: more people joined lately than long ago.
    const daysAgo = Math.floor(300 * random.next() ** 1.2);
    return {
      values: {
        externalCustomerId: isGuest ? undefined : `demo-${number}`,
        email: isGuest || random.chance(0.93) ? `customer${number}@${DEMO_DOMAIN}` : undefined,
        phone: random.chance(0.55) ? `${place.phone}${100_000 + at * 379}` : undefined,
        firstName: random.pick(isWoman ? place.women : place.men),
        lastName: typeof lastName === 'string' ? lastName : lastName[isWoman ? 0 : 1],
        country: place.country,
        town: random.pick(place.towns),
        address: random.chance(0.6) ? `${random.pick(place.streets)} ${random.int(1, 120)}` : undefined,
        postcode: random.chance(0.6) ? String(random.int(10_000, 98_999)) : undefined,
        languageCode: place.languageCode,
        timeZone: place.timeZone,
      },
      createdAt: now - daysAgo * DAY_MS - random.int(0, DAY_MS - 1),
      habit: [0, 1.1, 3.2, 7.4][random.weighted([18, 42, 30, 10])] ?? 0,
      taste: random.int(0, 6),
    };
  });
}
