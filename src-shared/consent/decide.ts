/**
 * What a word about consent may do, decided in one place for all channels and purposes. Pure; every writer asks it.
 *
 * Lowering is always taken, from anybody. Raising is not: a file proves nothing by itself, a colleague has to say how they
 * know, and who marked mail as spam comes back only by an own, fresh act. Evidence counts from the time it speaks of.
 */
import { assertUnreachable } from '#shared/kernel/assert.ts';

/** person: an own click or POST on a page of ours. form: sent to us by a site. app: chosen in a shop's app. provider: what a mail server or mailbox said. */
export const consentSources = ['person', 'form', 'app', 'api', 'import', 'admin', 'provider'] as const;
export type ConsentSource = (typeof consentSources)[number];

/** unconfirmed: a form was filled in with it, and its owner has not said yes yet. */
export const consentActs = ['granted', 'unconfirmed', 'withdrawn', 'complained', 'bounced'] as const;
export type ConsentAct = (typeof consentActs)[number];

/** Where consent stands for one channel and purpose. none: nothing was ever said. */
export type Standing = {
  state: 'none' | ConsentAct;
  /** Epoch ms since when; 0 where nothing was said. */
  since: number;
};

export type ConsentWrite = {
  act: ConsentAct;
  source: ConsentSource;
  /** Epoch ms of the act itself, which may lie before it became known here. */
  at: number;
  /** How it can be shown: what was signed, ticked or said. Null = nothing. */
  evidence: string | null;
};

export type Decision = { taken: true; next: Standing } | { taken: false; why: Refusal };
/** unchanged: it stands so already. older: what stands was said later. */
export type Refusal = 'unchanged' | 'older' | 'needsEvidence' | 'complained';

export const refusalWords: Readonly<Record<Refusal, string>> = {
  unchanged: 'Nothing changes.',
  older: 'They changed their mind after that.',
  needsEvidence: 'Nothing shows that they asked for it.',
  complained: 'They marked a mail as spam: only they themselves can come back.',
};

export const NOTHING_SAID: Standing = { state: 'none', since: 0 };

/** How strongly a state keeps mail away. */
const weight: Readonly<Record<Standing['state'], number>> = {
  granted: 0,
  none: 1,
  unconfirmed: 2,
  bounced: 3,
  withdrawn: 4,
  complained: 5,
};

/** Whether the second keeps at least as much mail away as the first. */
export const isNotHigher = (before: Standing['state'], after: Standing['state']): boolean =>
  weight[after] >= weight[before];

export function decideConsent(standing: Standing, write: ConsentWrite): Decision {
  if (write.act !== 'granted') {
    if (weight[write.act] <= weight[standing.state]) return { taken: false, why: 'unchanged' };
    return { taken: true, next: { state: write.act, since: write.at } };
  }
  if (standing.state === 'granted') return { taken: false, why: 'unchanged' };
  const why = againstGrant(standing, write);
  return why ? { taken: false, why } : { taken: true, next: { state: 'granted', since: write.at } };
}

function againstGrant(standing: Standing, { source, at, evidence }: ConsentWrite): Refusal | null {
  if (standing.state === 'complained' && source !== 'person') return 'complained';
  const shown = evidence !== null && evidence.trim() !== '';
  switch (source) {
    case 'provider':
      return 'needsEvidence';
    case 'import':
      if (!shown) return 'needsEvidence';
      break;
    case 'admin':
      if (!shown && (standing.state === 'withdrawn' || standing.state === 'unconfirmed')) return 'needsEvidence';
      break;
    case 'person':
    case 'form':
    case 'app':
    case 'api':
      break;
    default:
      return assertUnreachable(source);
  }
  // Who left at the very moment of the grant has left.
  return standing.state !== 'none' && at <= standing.since ? 'older' : null;
}
