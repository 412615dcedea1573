import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff } from '@tabler/icons-react';
import { EmptyState } from './empty-state.tsx';
import { describeError } from './error-words.ts';

export type ErrorStateProps = {
  /** What could not be done: "The contacts could not be read". */
  title: string;
  error: unknown;
  retry?: () => void;
  /** As a line inside a page instead of filling it. */
  inline?: boolean;
};

/** Cause in words and what to do; being offline is a state, not a failure. */
export function ErrorState({ title, error, retry, inline = false }: ErrorStateProps) {
  const { code, message } = describeError(error);
  const offline = code === 'offline';
  const button = retry ? (
    <Button variant="default" onClick={retry}>
      Try again
    </Button>
  ) : null;
  if (inline) {
    return (
      <Alert
        role="alert"
        color={offline ? 'gray' : 'red'}
        icon={offline ? <IconCloudOff size={18} stroke={1.5} /> : <IconAlertTriangle size={18} stroke={1.5} />}
        title={title}
      >
        {message}
        {button ? <div style={{ marginTop: 8 }}>{button}</div> : null}
      </Alert>
    );
  }
  return (
    <div role="alert">
      <EmptyState
        icon={offline ? <IconCloudOff size={24} stroke={1.5} /> : <IconAlertTriangle size={24} stroke={1.5} />}
        title={title}
        actions={button}
      >
        {message}
      </EmptyState>
    </div>
  );
}
