import { Tooltip } from '@mantine/core';
import { useFormat } from './use-format.tsx';
import { clock } from './use-now.ts';

/** A date (or date and time) in the workspace zone; the tooltip has the rest, and how long ago. */
export function Time({ at, withTime = false }: { at: number; withTime?: boolean }) {
  const format = useFormat();
  return (
    <Tooltip label={`${format.dateTime(at)} (${format.zone}) · ${format.relative(at, clock())}`}>
      <time dateTime={new Date(at).toISOString()}>{withTime ? format.dateTime(at) : format.date(at)}</time>
    </Tooltip>
  );
}

/** "3 hours ago", with the exact time in the tooltip. */
export function Ago({ at, now }: { at: number; now: number }) {
  const format = useFormat();
  return (
    <Tooltip label={`${format.dateTime(at)} (${format.zone})`}>
      <time dateTime={new Date(at).toISOString()}>{format.relative(at, now)}</time>
    </Tooltip>
  );
}
