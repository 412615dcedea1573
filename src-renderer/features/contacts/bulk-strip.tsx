import { ActionIcon, Button, Modal, Progress } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { fieldLabel } from '#renderer/parts/field-store.ts';
import { useRuleWriter } from '#renderer/parts/list-names.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { Time } from '#renderer/ui/time.tsx';
import type { BulkJob } from '#shared/contact/bulk.schema.ts';
import classes from './bulk.module.css';
import { cancelJob, putAway, undoJob, useBulkJobs, useShownJobs, useWatchBulkJobs } from './bulk-jobs-store.ts';
import { jobTitle, outcomeWords } from './bulk-words.ts';

/** Changes of many contacts that are under way, and what became of them. */
export function BulkStrip() {
  useWatchBulkJobs();
  const jobs = useShownJobs();
  if (jobs.length === 0) return null;
  return (
    <section className={classes.strip} aria-label="Changes of many contacts">
      {jobs.slice(0, 3).map((job) => (
        <JobLine key={job.id} job={job} />
      ))}
    </section>
  );
}

function JobLine({ job }: { job: BulkJob }) {
  const format = useRuleWriter();
  const title = jobTitle(job, { list: format.list, field: fieldLabel });
  if (job.finishedAt === null) {
    return (
      <div className={classes.line} role="status">
        <span className={classes.title}>{title}</span>
        <Progress
          className={classes.progress}
          value={job.total === 0 ? 100 : (100 * job.position) / job.total}
          size="sm"
          aria-label={title}
        />
        <span className={classes.dim}>
          {format.count(job.position)} of {format.count(job.total)}
        </span>
        <Button size="compact-xs" variant="default" onClick={() => void cancelJob(job.id)}>
          Stop
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.line} role="status">
      <IconCheck size={16} stroke={1.75} aria-hidden />
      <span className={classes.title}>{title}</span>
      <span className={classes.outcome}>{outcomeWords(job, format)}</span>
      {job.canUndo ? (
        <Button size="compact-xs" variant="default" onClick={() => void undoJob(job.id)}>
          Undo
        </Button>
      ) : null}
      <ActionIcon size={22} aria-label="Put away" onClick={() => putAway(job.id)}>
        <IconX size={14} stroke={1.75} />
      </ActionIcon>
    </div>
  );
}

/** The latest changes of many contacts, whoever made them, each with its undo. */
export function BulkHistory({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const format = useRuleWriter();
  const jobs = useBulkJobs();
  return (
    <Modal opened={opened} onClose={onClose} title="Changes of many contacts" size={640}>
      {jobs.length === 0 ? (
        <EmptyState compact title="No changes of many contacts yet">
          Choose rows in the list, then what to do with them. What was done is listed here for 30 days.
        </EmptyState>
      ) : (
        <ul className={classes.history}>
          {jobs.map((job) => (
            <li key={job.id} className={classes.entry}>
              <div>
                <strong>{jobTitle(job, { list: format.list, field: fieldLabel })}</strong>{' '}
                <span className={classes.dim}>
                  {job.by.name} · <Time at={job.createdAt} withTime />
                </span>
                <div className={classes.dim}>
                  {job.finishedAt === null
                    ? `${format.count(job.position)} of ${format.count(job.total)} done`
                    : outcomeWords(job, format)}
                  {job.undone ? ' Undone.' : ''}
                </div>
              </div>
              {job.canUndo ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Undo: ${jobTitle(job, { list: format.list, field: fieldLabel })}`}
                  onClick={() => {
                    void undoJob(job.id);
                    onClose();
                  }}
                >
                  Undo
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Modal>
  );
}
