/** What this device knows of events and their types by itself. */
import { z } from 'zod';
import type { DataApi } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { MetaStore } from '#renderer/data/store/meta.ts';
import type { SeenParameter } from '#shared/event/live-event.schema.ts';
import { DAY_MS, periods } from '#shared/kernel/time.ts';
import type { Session } from './session.ts';

type Answers = Pick<DataApi, 'eventFigures' | 'eventVolume' | 'newestEvents' | 'knownParameters'>;

/** Days of the small charts in the list of types, today among them. */
const FIGURE_DAYS = 30;

const kept = z.object({
  parameters: z.array(
    z.object({ name: z.string(), events: z.number(), kinds: z.record(z.string(), z.number()), examples: z.null() }),
  ),
});
const keyOf = (type: string): string => `parameters:${type}`;

/** Examples are somebody's values: they are shown, never kept. */
export async function keepParameters(
  meta: MetaStore,
  type: string,
  parameters: readonly SeenParameter[],
): Promise<void> {
  await meta.set(keyOf(type), { parameters: parameters.map((one) => ({ ...one, examples: null })) });
}

export function eventAnswers(session: Session, { now }: Platform): Answers {
  return {
    eventFigures: () =>
      session.ask(async ({ columns, engine, account }) => {
        await columns.need(['event']);
        const today = now();
        const days = periods(account.workspace.timeZone, 'day', today - (FIGURE_DAYS - 1) * DAY_MS, today + 1);
        return engine.eventFigures(days.slice(-FIGURE_DAYS));
      }),
    eventVolume: (input) =>
      session.ask(async ({ columns, engine }) => {
        await columns.need(['event']);
        return engine.eventVolume(input);
      }),
    newestEvents: (type, limit) =>
      session.ask(async ({ columns, engine }) => {
        await columns.need(['event', 'contact', 'contactPersonal', 'contactField', 'contactFieldPersonal', 'order']);
        return engine.newestEvents(type, limit);
      }),
    knownParameters: (type) => session.ask(async ({ meta }) => (await meta.get(keyOf(type), kept))?.parameters ?? null),
  };
}
