import { Button, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { desktop } from '#renderer/platform/desktop.ts';
import { describeError } from '#renderer/ui/error-words.ts';
import classes from './entry.module.css';

/** In the desktop app: which server this window belongs to. A browser already is at its server. */
export function ServerAddress() {
  const bridge = desktop();
  const [url, setUrl] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    bridge?.invoke('server.get', undefined).then(
      (known) => setUrl(known.url ?? ''),
      (error: unknown) => setProblem(describeError(error).message),
    );
  }, [bridge]);
  if (!bridge) return null;
  const save = async () => {
    try {
      await bridge.invoke('server.set', { url: url.trim() });
      window.location.reload();
    } catch (error) {
      setProblem(describeError(error).message);
    }
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextInput
        mt="md"
        label="Server address"
        type="url"
        placeholder="https://muster.example.com"
        value={url}
        error={problem}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Button type="submit" variant="default">
        Use this server
      </Button>
    </form>
  );
}
