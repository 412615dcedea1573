/** What came in and could not be stored: kept aside with its error until a person has it tried again or throws it away. */

/** form: not what Muster stores; value: one value cannot be stored; clash: it contradicts what is stored; internal: anything else. */
export const intakeProblemReasons = ['form', 'value', 'clash', 'internal'] as const;
export type IntakeProblemReason = (typeof intakeProblemReasons)[number];

export type IntakeProblem = {
  id: number;
  /** event, contact or order. */
  kind: string;
  /** Type of the event or number of the order; null where there is none. */
  about: string | null;
  reason: IntakeProblemReason;
  /** What the server said, and the beginning of what came; null for those who see no personal data. */
  error: string | null;
  payload: string | null;
  receivedAt: number;
  parkedAt: number;
};

/** What a person threw away: that it was there, never what it said. */
export type DiscardedProblem = {
  id: number;
  kind: string;
  about: string | null;
  reason: IntakeProblemReason;
  receivedAt: number;
  at: number;
  by: string | null;
};

export type IntakeProblems = {
  total: number;
  /** Newest first, from `before` on; at most a page. */
  items: IntakeProblem[];
  /** The latest ones. */
  discarded: DiscardedProblem[];
};

/** Why something was not stored, told from the error of the last attempt. */
export function problemReason(error: string): IntakeProblemReason {
  if (/^\[\s*\{/.test(error) && error.includes('"code"')) return 'form';
  if (/violates|duplicate key|already exists|no partition of relation/i.test(error)) return 'clash';
  if (
    /out of range|too long|invalid input syntax|invalid byte sequence|unsupported Unicode|exceeds|cannot be cast/i.test(
      error,
    )
  )
    return 'value';
  return 'internal';
}

export const problemReasonWords: Readonly<Record<IntakeProblemReason, { name: string; mend: string }>> = {
  form: {
    name: 'Not in a form Muster stores',
    mend: 'A part is missing or is of another kind. It fails again until Muster is updated or the sender sends it anew.',
  },
  value: {
    name: 'A value cannot be stored',
    mend: 'A number, date or text is beyond what can be kept. Have the sender correct it and send it anew.',
  },
  clash: {
    name: 'It contradicts what is stored',
    mend: 'Something it names changed meanwhile. Trying again often helps.',
  },
  internal: {
    name: 'The server failed',
    mend: 'Trying again helps where the failure was a passing one; the server’s log says more.',
  },
};
