import { Button, Checkbox } from '@mantine/core';
import { IconCircleCheck, IconCloudOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type DiscardedProblem, type IntakeProblem, problemReasonWords } from '#shared/event/intake-problem.ts';
import classes from './events.module.css';
import { EventsPage } from './events-page.tsx';
import { ProblemPanel } from './problem-panel.tsx';
import { problemSubject } from './problem-words.ts';
import { useProblems } from './use-problems.ts';

/** What came in and could not be stored: seen, tried again, thrown away. */
export function ProblemsScreen() {
  const format = useFormat();
  const online = useOnline();
  const problems = useProblems(online);
  const [open, setOpen] = useState<number | null>(null);
  const { value } = problems;
  const opened = value?.items.find(({ id }) => id === open);
  return (
    <EventsPage
      count={value?.total ? format.count(value.total) : undefined}
      panel={opened ? <ProblemPanel problem={opened} onClose={() => setOpen(null)} /> : undefined}
    >
      {value === undefined ? (
        <Nothing online={online} error={problems.error} reload={problems.reload} />
      ) : value.total === 0 ? (
        <EmptyState icon={<IconCircleCheck size={24} stroke={1.5} />} title="Everything that came in is stored">
          What the server cannot store is kept here, with the reason, until somebody has it tried again or throws it
          away.
        </EmptyState>
      ) : (
        <ProblemTable problems={problems} items={value.items} total={value.total} open={open} onOpen={setOpen} />
      )}
      {value?.discarded.length ? <Discarded rows={value.discarded} /> : null}
    </EventsPage>
  );
}

function Nothing({ online, error, reload }: { online: boolean; error: unknown; reload: () => void }) {
  if (!online) {
    return (
      <EmptyState icon={<IconCloudOff size={24} stroke={1.5} />} title="Problems need the server">
        What could not be stored is kept on the server only. It is shown here when you are online again.
      </EmptyState>
    );
  }
  if (error === null) return <SkeletonRows label="Loading problems" />;
  return <ErrorState title="The problems could not be read" error={error} retry={reload} />;
}

type TableProps = {
  problems: ReturnType<typeof useProblems>;
  items: readonly IntakeProblem[];
  total: number;
  open: number | null;
  onOpen: (id: number | null) => void;
};

function ProblemTable({ problems, items, total, open, onOpen }: TableProps) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const mayChoose = useCan('import');
  const toggle = (id: number) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <div className={list.wrap}>
      <Actions problems={problems} total={total} chosen={chosen} onDone={() => setChosen(new Set())} />
      <table className={list.table} aria-label="Problems">
        <colgroup>
          {mayChoose ? <col style={{ width: 52 }} /> : null}
          <col />
          <col />
          <col style={{ width: 170 }} />
        </colgroup>
        <thead>
          <tr>
            {mayChoose ? <th scope="col" aria-label="Choose" /> : null}
            <th scope="col">What</th>
            <th scope="col">Why</th>
            <th scope="col">Came in</th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id} data-open={one.id === open || undefined}>
              {mayChoose ? (
                <td>
                  <Checkbox
                    size="xs"
                    aria-label={`Choose ${problemSubject(one)}`}
                    checked={chosen.has(one.id)}
                    onChange={() => toggle(one.id)}
                  />
                </td>
              ) : null}
              <td>
                <button
                  type="button"
                  className={classes.rowButton}
                  aria-expanded={one.id === open}
                  onClick={() => onOpen(one.id === open ? null : one.id)}
                >
                  {problemSubject(one)}
                </button>
              </td>
              <td className={list.dim} title={problemReasonWords[one.reason].mend}>
                {problemReasonWords[one.reason].name}
              </td>
              <td className={list.dim}>
                <Time at={one.receivedAt} withTime />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {items.length < total ? (
        <div className={classes.bar}>
          <Button size="compact-xs" variant="default" onClick={problems.more}>
            Show more
          </Button>
        </div>
      ) : null}
    </div>
  );
}

type ActionsProps = {
  problems: ReturnType<typeof useProblems>;
  total: number;
  chosen: ReadonlySet<number>;
  onDone: () => void;
};

function Actions({ problems, total, chosen, onDone }: ActionsProps) {
  const format = useFormat();
  const online = useOnline();
  const mayRetry = useCan('import');
  const mayDiscard = useCan('administer');
  const ids = chosen.size === 0 ? null : [...chosen];
  const count = ids?.length ?? total;
  const which = ids === null ? `all ${format.count(total)}` : format.count(count);
  const rows = (many: number) => format.counted(many, 'row');
  if (!mayRetry) return null;
  const retry = async () => {
    await problems.retry(ids, (many) => `${rows(many)} will be tried again now.`);
    onDone();
  };
  const discard = async () => {
    const yes = await confirm({
      title: `Throw away ${which}?`,
      consequence: `What ${count === 1 ? 'it says' : 'they say'} is gone for good. It stays noted that you threw ${count === 1 ? 'it' : 'them'} away.`,
      action: `Throw away ${rows(count)}`,
      danger: true,
    });
    if (!yes) return;
    await problems.discard(ids, (many) => `${rows(many)} thrown away.`);
    onDone();
  };
  return (
    <div className={classes.bar} role="toolbar" aria-label="Problems">
      <Button size="compact-sm" disabled={!online} loading={problems.busy} onClick={() => void retry()}>
        Try {which} again
      </Button>
      {mayDiscard ? (
        <Button size="compact-sm" variant="default" disabled={!online || problems.busy} onClick={() => void discard()}>
          Throw away {which}
        </Button>
      ) : null}
      <span className={list.dim}>
        {online ? 'What is tried again comes after what waits already.' : 'Needs the server: you are offline.'}
      </span>
    </div>
  );
}

function Discarded({ rows }: { rows: readonly DiscardedProblem[] }) {
  return (
    <section aria-label="Thrown away" className={classes.discarded}>
      <h2 className={classes.groupName}>Thrown away lately</h2>
      <ul className={classes.plainList}>
        {rows.map((one) => (
          <li key={one.id}>
            {problemSubject(one)} · {problemReasonWords[one.reason].name} · {one.by ?? 'somebody who left'},{' '}
            <Time at={one.at} withTime />
          </li>
        ))}
      </ul>
    </section>
  );
}
