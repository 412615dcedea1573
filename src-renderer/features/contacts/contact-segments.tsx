import { Button, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ContactSegments as Segments } from '#renderer/data/data-api.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { Delayed } from '#renderer/ui/delayed.tsx';
import { PanelSection } from '#renderer/ui/panel.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import classes from './memberships.module.css';
import { useContactSegments } from './use-contact-segments.ts';

/** How many are shown before somebody asks for the rest. */
const FIRST = 8;

/** The segments a contact is in now, and since when where that is known. */
export function ContactSegments({ id }: { id: number }) {
  const format = useFormat();
  const { value, error } = useContactSegments(id);
  const count = value?.segments.length ?? 0;
  return (
    <PanelSection title="Segments" aside={count === 0 ? undefined : format.count(count)}>
      {value ? (
        <Known key={id} {...value} />
      ) : error ? (
        <p className={classes.dim}>The segments could not be worked out: {error.message}</p>
      ) : (
        <Delayed>
          <Skeleton height={20} role="status" aria-label="Looking which segments match" />
        </Delayed>
      )}
    </PanelSection>
  );
}

function Known({ segments, unknown }: Segments) {
  const format = useFormat();
  const online = useOnline();
  const [all, setAll] = useState(false);
  const shown = all ? segments : segments.slice(0, FIRST);
  const rest = segments.length - shown.length;
  return (
    <>
      {segments.length === 0 && unknown === 0 ? <p className={classes.dim}>In no segment.</p> : null}
      <ul className={classes.list}>
        {shown.map(({ id, name, since }) => (
          <li key={id} className={classes.entry}>
            <Link href={`/segments/${id}`} className={classes.name} title={name}>
              {name}
            </Link>
            {since === null ? null : (
              <span className={classes.since}>
                since <Time at={since} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {rest === 0 ? null : (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setAll(true)}>
          Show {format.count(rest)} more
        </Button>
      )}
      {unknown === 0 ? null : (
        <p className={classes.dim}>
          {online
            ? `Asking the server about ${format.counted(unknown, 'more segment')}…`
            : `${format.counted(unknown, 'more segment')} cannot be worked out on this device.`}
        </p>
      )}
    </>
  );
}
