/** Events an app need not think of: installed, updated, opened, put aside, and the sessions in between. Pure. */
import type { Body } from './queue.ts';

export type AppVersion = { version: string; build: string };

/** As in the original SDK: told unless said otherwise; foreground and sessionEnd only where they are asked for. */
export type LifecycleOptions = {
  application?: boolean;
  foreground?: boolean;
  sessionStart?: boolean;
  sessionEnd?: boolean;
};

/** Away for longer than this, and it is another session. */
const SESSION_MS = 30 * 60_000;

export type Session = {
  id: string;
  startedAt: number;
  /** When the app was last opened or put aside. */
  seenAt: number;
  opened: number;
  backgrounded: number;
};

export type AppState = { installId: string; app?: AppVersion; session?: Session };

/** `id` is given where the same thing can only happen once, so that telling it twice tells it once. */
export type LifecycleEvent = { id?: string; type: string; at: number; params: Body };
type Step = { state: AppState; events: LifecycleEvent[] };
type Occasion = { now: number; newId: () => string; options: LifecycleOptions };

const instant = (at: number): string => new Date(at).toISOString();

function versionEvent({ installId, app: before }: AppState, app: AppVersion, at: number): LifecycleEvent[] {
  const { version, build } = app;
  if (!before) {
    return [{ id: `${installId}:installed`, type: 'ApplicationInstalled', at, params: { version, build } }];
  }
  if (before.version === version && before.build === build) return [];
  const params = { version, build, previousVersion: before.version, previousBuild: before.build };
  return [{ id: `${installId}:updated:${version}:${build}`, type: 'ApplicationUpdated', at, params }];
}

const sessionEnded = ({ id, startedAt, seenAt, opened, backgrounded }: Session): LifecycleEvent => ({
  id: `${id}:ended`,
  type: 'SessionEnded',
  at: seenAt,
  params: {
    sessionID: id,
    endTime: instant(seenAt),
    durationInSeconds: Math.round((seenAt - startedAt) / 1000),
    applicationOpenedCount: opened,
    applicationBackgroundedCount: backgrounded,
  },
});

/** The app came to the front: for the first time since it was started, or again. */
export function opened(
  state: AppState,
  { app, fromBackground, now, newId, options }: Occasion & { app: AppVersion; fromBackground: boolean },
): Step {
  const { application = true, foreground = false, sessionStart = true, sessionEnd = false } = options;
  const events: LifecycleEvent[] = application ? versionEvent(state, app, now) : [];
  if (fromBackground ? foreground : application) {
    events.push({ type: 'ApplicationOpened', at: now, params: { fromBackground } });
  }
  const before = state.session;
  // A clock that was set back begins no session that never ends.
  const goesOn = before !== undefined && Math.abs(now - before.seenAt) < SESSION_MS;
  if (before && !goesOn && sessionEnd) events.unshift(sessionEnded(before));
  const session = goesOn ? before : { id: newId(), startedAt: now, seenAt: now, opened: 0, backgrounded: 0 };
  if (!goesOn && sessionStart) {
    const params = { sessionID: session.id, startTime: instant(now) };
    events.push({ id: `${session.id}:started`, type: 'SessionStarted', at: now, params });
  }
  return { state: { ...state, app, session: { ...session, seenAt: now, opened: session.opened + 1 } }, events };
}

/** The app was put aside. */
export function backgrounded(state: AppState, { now, options }: Pick<Occasion, 'now' | 'options'>): Step {
  const { session } = state;
  if (!session) return { state, events: [] };
  const secondsInForeground = Math.max(0, Math.round((now - session.seenAt) / 1000));
  const params = { applicationOpenedTime: instant(session.seenAt), secondsInForeground };
  const events = options.foreground === true ? [{ type: 'ApplicationBackgrounded', at: now, params }] : [];
  return { state: { ...state, session: { ...session, seenAt: now, backgrounded: session.backgrounded + 1 } }, events };
}
