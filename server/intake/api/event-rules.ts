/** Event types that declare their parameters: an event of the API that is not as declared is refused. */

import { countMismatches, type EventTypeRules, readEventTypeRules } from '#server/intake/event-type-rules.ts';
import type { Deps } from '#server/service.ts';
import {
  type DeclaredParameter,
  type DeclaredType,
  findMismatch,
  mismatchWords,
  type ParameterMismatch,
} from '#shared/event/declared-parameters.ts';
import { UserError } from '#shared/kernel/errors.ts';

/** How long a change of an event type may go unnoticed. */
const CACHE_MS = 2_000;
const CACHE_MAX = 1_000;

type Expected = { params: Record<string, { required: boolean; type?: DeclaredType }> };

/** The structure an event has to have, as the original answers it. */
export class UnexpectedParameters extends UserError {
  readonly expected: Expected;
  readonly mismatch: ParameterMismatch & { type: string };

  constructor(type: string, mismatch: ParameterMismatch, declared: readonly DeclaredParameter[]) {
    super('invalid_input', mismatchWords(mismatch), `params.${mismatch.parameter.name}`);
    this.mismatch = { ...mismatch, type };
    this.expected = { params: Object.fromEntries(declared.map((one) => [one.name, expectedOf(one)])) };
  }
}

const expectedOf = ({ required, type }: DeclaredParameter) => (type ? { required, type } : { required });

export function createEventRules({ db, now }: Pick<Deps, 'db' | 'now'>) {
  const known = new Map<string, { until: number; found: Promise<EventTypeRules> }>();

  const read = async (key: string): Promise<EventTypeRules> => (await readEventTypeRules(db, [key])).get(key) ?? {};

  function rulesOf(key: string): Promise<EventTypeRules> {
    const cached = known.get(key);
    if (cached && cached.until > performance.now()) return cached.found;
    if (known.size >= CACHE_MAX) known.clear();
    const found = read(key);
    known.set(key, { until: performance.now() + CACHE_MS, found });
    found.catch(() => known.delete(key));
    return found;
  }

  return {
    rulesOf,
    /** Throws when the parameters are not what the type declares. */
    async check(type: string, params: Readonly<Record<string, unknown>>): Promise<void> {
      const { declared = [] } = await rulesOf(type);
      const mismatch = findMismatch(declared, params);
      if (mismatch) throw new UnexpectedParameters(type, mismatch, declared);
    },
    /** Notes what was refused, so that people see it. */
    refused: (errors: readonly UnexpectedParameters[]): Promise<void> =>
      countMismatches(
        db,
        errors.map(({ mismatch }) => mismatch),
        { refused: true, now: now() },
      ),
  };
}
