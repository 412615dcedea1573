import { useEffect } from 'react';
import { create } from 'zustand';
import { data } from '#renderer/data/client.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import type { BulkJob } from '#shared/contact/bulk.schema.ts';

const POLL_MS = 700;

type BulkState = {
  jobs: readonly BulkJob[];
  /** Whose end was seen and put away; of those that ended before this window was opened nothing is shown. */
  watched: ReadonlySet<string>;
};

const useBulkState = create<BulkState>(() => ({ jobs: [], watched: new Set() }));

const isOpen = ({ state }: BulkJob): boolean => state === 'waiting' || state === 'running';

/** Newest first, as the server told last. */
export const useBulkJobs = (): readonly BulkJob[] => useBulkState(({ jobs }) => jobs);

/** What this window shows: what is under way, and the end of what it saw under way until that is put away. */
export function useShownJobs(): readonly BulkJob[] {
  const { jobs, watched } = useBulkState();
  return jobs.filter((job) => isOpen(job) || watched.has(job.id));
}

export async function refreshBulkJobs(): Promise<void> {
  const jobs = await data.actions.listBulk();
  useBulkState.setState(({ watched }) => ({
    jobs,
    watched: new Set([...watched, ...jobs.filter(isOpen).map(({ id }) => id)]),
  }));
}

/** Shows a job at once, before the server is asked again. */
export function watchJob(job: BulkJob): void {
  useBulkState.setState(({ jobs, watched }) => ({
    jobs: [job, ...jobs.filter(({ id }) => id !== job.id)],
    watched: new Set([...watched, job.id]),
  }));
}

export function putAway(id: string): void {
  useBulkState.setState(({ watched }) => ({ watched: new Set([...watched].filter((one) => one !== id)) }));
}

export async function cancelJob(id: string): Promise<void> {
  try {
    watchJob(await data.actions.cancelBulk(id));
  } catch (error) {
    notifyError('It was not stopped', error);
  }
}

export async function undoJob(id: string): Promise<void> {
  try {
    const undoing = await data.actions.undoBulk(id);
    putAway(id);
    watchJob(undoing);
  } catch (error) {
    notifyError('It was not undone', error);
  }
}

/** Keeps the jobs current while something is under way. */
export function useWatchBulkJobs(): void {
  const mayKnow = useCan('editContacts');
  const online = useOnline();
  const busy = useBulkState(({ jobs }) => jobs.some(isOpen));
  useEffect(() => {
    if (!mayKnow || !online) return;
    let timer: number | undefined;
    let ended = false;
    const look = async () => {
      try {
        await refreshBulkJobs();
      } catch (error) {
        console.warn('The bulk changes could not be asked for', error);
      }
      if (!ended && busy) timer = window.setTimeout(() => void look(), POLL_MS);
    };
    void look();
    return () => {
      ended = true;
      window.clearTimeout(timer);
    };
  }, [mayKnow, online, busy]);
}
