/** What the event columns say of types of events: how many, when last, and how they are spread over time. */
import type { EventFigures, EventVolume, LocalEvent } from '#renderer/data/data-api.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { type Period, periods } from '#shared/kernel/time.ts';
import { codeOf, counts, numbersOf, textOf, textsOf, valueAt } from './access.ts';
import { eachInPeriods, type PickRows, reachOf, WhoByPeriod } from './by-period.ts';

type Figure = EventFigures['types'][number];

/** Every type with its days; the days follow each other without a gap. */
export function figuresByType(parts: readonly TablePart[], days: readonly Period[]): Figure[] {
  const found = new Map<string, Figure>();
  for (const part of parts) {
    const types = textsOf(part, 'type');
    const tally = tallyOf(part, types.codes, types.size, days);
    for (let code = 1; code <= types.size; code++) {
      const total = tally.total[code] ?? 0;
      if (total === 0) continue;
      const key = types.value(code);
      const figure = found.get(key) ?? { key, total: 0, lastAt: 0, byDay: days.map(() => 0) };
      figure.total += total;
      figure.lastAt = Math.max(figure.lastAt, tally.lastAt[code] ?? 0);
      for (let day = 0; day < days.length; day++) {
        figure.byDay[day] = (figure.byDay[day] ?? 0) + (tally.byDay[code * days.length + day] ?? 0);
      }
      found.set(key, figure);
    }
  }
  return [...found.values()].sort((a, b) => b.lastAt - a.lastAt || (a.key < b.key ? -1 : 1));
}

function tallyOf(part: TablePart, codes: ArrayLike<number>, size: number, days: readonly Period[]) {
  const at = numbersOf(part, 'at');
  const total = new Uint32Array(size + 1);
  const lastAt = new Float64Array(size + 1);
  const byDay = new Uint32Array((size + 1) * days.length);
  const from = days[0]?.from ?? Number.POSITIVE_INFINITY;
  const to = days.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
  let day = 0;
  for (let row = 0; row < part.rows; row++) {
    const code = codes[row] ?? 0;
    if (code === 0 || !counts(part, row)) continue;
    const time = valueAt(at, row);
    total[code] = (total[code] ?? 0) + 1;
    if (time > (lastAt[code] ?? 0)) lastAt[code] = time;
    if (time < from || time >= to) continue;
    // Rows come in the order of time, but for few.
    while (time < (days[day]?.from ?? from)) day--;
    while (time >= (days[day]?.to ?? to)) day++;
    const cell = code * days.length + day;
    byDay[cell] = (byDay[cell] ?? 0) + 1;
  }
  return { total, lastAt, byDay };
}

/** One type over time: events, and how many different contacts they are of (those of nobody known are no contact). */
export function volumeOf(
  parts: readonly TablePart[],
  input: { type: string; by: 'day' | 'month'; from: number | null; to: number | null; zone: string },
): Omit<EventVolume, 'asOf'> {
  const pick: PickRows = (part) => {
    const types = textsOf(part, 'type');
    const code = codeOf(types, input.type);
    return code === 0 ? null : { codes: types.codes, code };
  };
  const reach = reachOf(parts, pick);
  const from = input.from ?? reach?.from ?? 0;
  const to = input.to ?? (reach ? reach.to + 1 : 0);
  const table = periods(input.zone, input.by, from, to);
  const rows = table.map(({ period, from: start }) => ({ period, from: start, events: 0, contacts: 0 }));
  const who = new WhoByPeriod();
  eachInPeriods(parts, { periods: table, from, to }, pick, (part) => {
    const contacts = numbersOf(part, 'contactId');
    return (row, period) => {
      const entry = rows[period];
      if (entry) entry.events++;
      const contact = valueAt(contacts, row);
      if (contact > 0) who.add(period, contact);
    };
  });
  const { byPeriod, total } = who.distinct(rows.length);
  for (const [at, row] of rows.entries()) row.contacts = byPeriod[at] ?? 0;
  return { events: rows.reduce((sum, { events }) => sum + events, 0), contacts: total, rows };
}

type NewestEvent = Omit<LocalEvent, 'name'>;

/** The newest events this device knows of, newest first. Rows of a part are in the order of time: its end is enough. */
export function newestEvents(parts: readonly TablePart[], limit: number, type: string | null): NewestEvent[] {
  const found: NewestEvent[] = [];
  for (const part of parts) {
    const types = textsOf(part, 'type');
    const wanted = type === null ? 0 : codeOf(types, type);
    if (type !== null && wanted === 0) continue;
    let taken = 0;
    for (let row = part.rows - 1; row >= 0 && taken < limit; row--) {
      if ((type !== null && types.codes[row] !== wanted) || !counts(part, row)) continue;
      taken++;
      found.push({
        rowId: valueAt(numbersOf(part, 'rowId'), row),
        contactId: valueAt(numbersOf(part, 'contactId'), row),
        at: valueAt(numbersOf(part, 'at'), row),
        type: textOf(types, row) ?? '',
      });
    }
  }
  return found.sort((a, b) => b.at - a.at || b.rowId - a.rowId).slice(0, limit);
}
