import { eventName } from '#renderer/parts/event-names.ts';
import { sentenceCase } from '#renderer/ui/format.ts';
import type { IntakeProblem } from '#shared/event/intake-problem.ts';

/** "Event · Product viewed", "Order · A-1001", "Contact". */
export const problemSubject = ({ kind, about }: Pick<IntakeProblem, 'kind' | 'about'>): string =>
  about === null ? sentenceCase(kind) : `${sentenceCase(kind)} · ${kind === 'event' ? eventName(about) : about}`;
