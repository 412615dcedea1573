import { Tooltip, UnstyledButton } from '@mantine/core';
import { IconCloud, IconCloudCheck, IconCloudExclamation, IconCloudOff, IconCloudQuestion } from '@tabler/icons-react';
import { statusWords } from '#renderer/features/sync/status-words.ts';
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { openSync } from './shell-state.ts';
import { useCurrentStatus } from './status-context.tsx';
import classes from './status-pill.module.css';
import { useRailCollapsed } from './use-rail-collapsed.ts';

/** Where there is no room for words; the name and the tooltip say them. */
const icons = {
  neutral: IconCloudQuestion,
  accent: IconCloud,
  ok: IconCloudCheck,
  warn: IconCloudOff,
  bad: IconCloudExclamation,
} as const satisfies Record<Tone, unknown>;

/** How the sync stands, always in sight; opens the Sync panel. */
export function StatusPill() {
  const status = useCurrentStatus();
  const format = useFormat();
  const now = useNow();
  const collapsed = useRailCollapsed();
  if (!status) return null;
  const { tone, words } = statusWords(status, format, now);
  const Icon = icons[tone];
  return (
    <Tooltip label={words} position="right" disabled={!collapsed}>
      <UnstyledButton className={classes.pill} data-tone={tone} onClick={openSync} aria-label={`Sync: ${words}`}>
        {collapsed ? <Icon size={16} stroke={1.5} aria-hidden /> : <StatusDot tone={tone}>{words}</StatusDot>}
      </UnstyledButton>
    </Tooltip>
  );
}
