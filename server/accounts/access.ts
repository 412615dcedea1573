/** [ROLE-4] Whether a session still stands and its person still has the role: what is open for longer than a request asks again. */
import type { Deps } from '#server/service.ts';
import type { Caller, SyncPort } from '#shared/api/ports.ts';
import { noteSeen, SEEN_EVERY_MS } from './devices.ts';

/** A lost wake-up is found by looking this often. */
const LOOK_EVERY_MS = 5_000;

async function stillStands({ db, now }: Pick<Deps, 'db' | 'now'>, caller: Caller): Promise<boolean> {
  const rows = await db.query(
    `select 1 from "session" s join member m on m.user_id = s."userId" and m.removed_at is null
      where s."id" = $1 and s."expiresAt" > $2 and m.user_id = $3 and m.role = $4`,
    [caller.sessionId, new Date(now()), caller.userId, caller.role],
  );
  return rows.length > 0;
}

/** Aborts once the session ended or the role changed; while it stands, its device is seen. */
function watchAccess(deps: Pick<Deps, 'db' | 'now' | 'wake' | 'log'>, caller: Caller) {
  const ended = new AbortController();
  let seenAt = deps.now();
  async function look(): Promise<void> {
    try {
      if (!(await stillStands(deps, caller))) return ended.abort();
      if (deps.now() - seenAt < SEEN_EVERY_MS) return;
      seenAt = deps.now();
      await noteSeen(deps, caller.sessionId);
    } catch (error) {
      deps.log.warn({ err: error }, 'the access of an open stream could not be checked; it is checked again');
    }
  }
  // Listening begins before the first look, so that no change falls between.
  const off = deps.wake.on('access', () => void look());
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    look,
    signal: ended.signal,
    stop() {
      off();
      clearInterval(timer);
    },
  };
}

/** Sync whose streams end when the caller's session or role does; the device then asks anew who it is. */
export function endingWithAccess(deps: Pick<Deps, 'db' | 'now' | 'wake' | 'log'>, sync: SyncPort): SyncPort {
  return {
    pull: sync.pull,
    push: sync.push,
    manifest: sync.manifest,
    tail: sync.tail,
    async *hints(caller, signal) {
      const access = watchAccess(deps, caller);
      try {
        await access.look();
        yield* sync.hints(caller, signal ? AbortSignal.any([signal, access.signal]) : access.signal);
      } finally {
        access.stop();
      }
    },
  };
}
