import { Button } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useRef } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { SegmentAnswer } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { askable, unfinished } from '#renderer/parts/rule-problem.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { useDebounced } from '#renderer/ui/use-debounced.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactName } from '#shared/contact/contact-name.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import classes from './segment-screen.module.css';

const SAMPLE = 12;
const ASK_AFTER_MS = 80;

/** Who is in, right now: count, share and a sample, asked while the rule is typed. */
export function SegmentResults({ id, rule }: { id: string; rule: Rule }) {
  const format = useFormat();
  const open = unfinished(rule);
  const text = useDebounced(JSON.stringify(askable(rule)), ASK_AFTER_MS);
  const answer = useLive(
    () => {
      const asked: Rule | null = JSON.parse(text);
      return asked === null ? Promise.resolve(null) : data.segmentAnswer(asked, SAMPLE);
    },
    [text],
    ['columns', 'documents'],
  );
  // The last answer stays on the screen while the next one is computed.
  const last = useRef<SegmentAnswer | null>(null);
  if (answer.error !== null) last.current = null;
  else if (answer.value !== undefined) last.current = answer.value;
  const shown = last.current;

  const waitingWords =
    askable(rule) === null
      ? 'Complete a condition to see who matches'
      : answer.error === null
        ? 'Counting who matches…'
        : answer.error.code === 'forbidden'
          ? 'Not counted on this device'
          : 'Not counted';

  return (
    <aside className={classes.results} aria-label="Matching contacts">
      <div className={classes.count}>
        <output className={classes.number} aria-live="polite">
          {shown === null ? '–' : format.count(shown.count)}
        </output>
        <span className={classes.of}>
          {shown === null
            ? waitingWords
            : `of ${format.counted(shown.total, 'contact')} · ${format.share(shown.count, shown.total)}`}
        </span>
        {shown === null || shown.total === 0 ? null : (
          <span className={classes.bar} aria-hidden>
            <span style={{ width: `${Math.min(100, (100 * shown.count) / shown.total)}%` }} />
          </span>
        )}
        {open > 0 ? (
          <span className={classes.open}>{format.counted(open, 'condition')} not counted yet: no value</span>
        ) : null}
      </div>
      {answer.error === null ? null : answer.error.code === 'forbidden' ? (
        <p className={classes.asOf}>{answer.error.message}</p>
      ) : (
        <ErrorState inline title="The rule could not be counted" error={answer.error} />
      )}
      {shown === null ? null : (
        <>
          <Button
            component={Link}
            href={`/contacts?segment=${encodeURIComponent(id)}`}
            variant="default"
            fullWidth
            leftSection={<IconUsers size={16} stroke={1.5} aria-hidden />}
          >
            Open these contacts
          </Button>
          {shown.sample.length === 0 ? null : (
            <ul className={classes.sample} aria-label="Sample">
              {shown.sample.map((row) => {
                const name = contactName(row);
                return (
                  <li key={row.id}>
                    <Link href={`/contacts/${row.id}`} className={classes.person}>
                      <span className={classes.personName}>{name}</span>
                      <span className={classes.personDim}>
                        {row.orderCount > 0
                          ? `${format.counted(row.orderCount, 'order')} · ${format.money(row.revenue)}`
                          : row.email === name
                            ? ''
                            : row.email}
                      </span>
                    </Link>
                  </li>
                );
              })}
            </ul>
          )}
          {shown.asOf.eventsFrom === null ? null : (
            <p className={classes.asOf}>
              This device knows events since {format.date(shown.asOf.eventsFrom)} only; what happened before does not
              count here. The server counts everything.
            </p>
          )}
          <p className={classes.asOf}>
            {shown.asOf.at === null ? '' : `As of ${format.dateTime(shown.asOf.at)} · `}
            {format.count(Math.max(1, Math.round(shown.elapsedMs)))} ms, on this device
          </p>
        </>
      )}
    </aside>
  );
}
