import { Tooltip, UnstyledButton } from '@mantine/core';
import { statusWords } from '#renderer/features/sync/status-words.ts';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { openSync } from './shell-state.ts';
import { useCurrentStatus } from './status-context.tsx';
import classes from './status-pill.module.css';
import { useRailCollapsed } from './use-rail-collapsed.ts';

/** How the sync stands, always in sight; opens the Sync panel. */
export function StatusPill() {
  const status = useCurrentStatus();
  const format = useFormat();
  const now = useNow();
  const collapsed = useRailCollapsed();
  if (!status) return null;
  const { tone, words } = statusWords(status, format, now);
  return (
    <Tooltip label={words} position="right" disabled={!collapsed}>
      <UnstyledButton className={classes.pill} data-tone={tone} onClick={openSync} aria-label={`Sync: ${words}`}>
        <StatusDot tone={tone}>{collapsed ? '' : words}</StatusDot>
      </UnstyledButton>
    </Tooltip>
  );
}
