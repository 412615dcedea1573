import { Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCloudUp, IconLoader2 } from '@tabler/icons-react';
import classes from './save-state.module.css';

export type SaveStateProps = {
  /** Typing not stored yet. */
  saving: boolean;
  /** Stored here, not yet accepted by the server. */
  waiting: boolean;
  /** Why the server refused it; the text is kept. */
  refusal: string | null;
  /** Why it cannot be stored as it is, such as an empty name. */
  problem?: string | null;
};

/** "Saved locally · synced": where the newest text is. */
export function SaveState({ saving, waiting, refusal, problem = null }: SaveStateProps) {
  if (problem !== null) {
    return (
      <output className={classes.state} data-tone="warn">
        <IconAlertTriangle size={14} stroke={1.5} aria-hidden /> Not saved: {problem}
      </output>
    );
  }
  if (refusal !== null) {
    return (
      <Tooltip label={refusal}>
        <output className={classes.state} data-tone="bad">
          <IconAlertTriangle size={14} stroke={1.5} aria-hidden /> Saved locally · refused by the server
        </output>
      </Tooltip>
    );
  }
  if (saving) {
    return (
      <output className={classes.state}>
        <IconLoader2 size={14} stroke={1.5} aria-hidden /> Saving…
      </output>
    );
  }
  return (
    <output className={classes.state}>
      {waiting ? <IconCloudUp size={14} stroke={1.5} aria-hidden /> : <IconCheck size={14} stroke={1.5} aria-hidden />}
      {waiting ? 'Saved locally · waiting to sync' : 'Saved locally · synced'}
    </output>
  );
}
