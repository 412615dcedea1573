import { useCallback, useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { refreshProblemCount } from '#renderer/parts/problem-count.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import type { IntakeProblem, IntakeProblems } from '#shared/event/intake-problem.ts';

type Shown = { value: IntakeProblems | undefined; error: unknown };

/** What could not be stored, page by page. Only the server knows it: nothing of it is kept on this device. */
export function useProblems(online: boolean) {
  const [shown, setShown] = useState<Shown>({ value: undefined, error: null });
  const [busy, setBusy] = useState(false);

  const load = useCallback(async (from: readonly IntakeProblem[] = []) => {
    try {
      const page = await data.actions.listProblems(from.at(-1)?.id ?? null);
      setShown({ value: { ...page, items: [...from, ...page.items] }, error: null });
      refreshProblemCount();
    } catch (error) {
      setShown(({ value }) => ({ value, error }));
    }
  }, []);

  useEffect(() => {
    if (online) void load();
  }, [online, load]);

  const act = async (work: () => Promise<string>, failed: string) => {
    setBusy(true);
    try {
      notifyDone(await work());
    } catch (error) {
      notifyError(failed, error);
    }
    await load();
    setBusy(false);
  };

  return {
    ...shown,
    busy,
    reload: () => void load(),
    more: () => void load(shown.value?.items),
    retry: (ids: number[] | null, words: (count: number) => string) =>
      act(async () => words((await data.actions.retryProblems(ids)).retried), 'They were not tried again'),
    discard: (ids: number[] | null, words: (count: number) => string) =>
      act(async () => words((await data.actions.discardProblems(ids)).discarded), 'They are still here'),
  };
}
