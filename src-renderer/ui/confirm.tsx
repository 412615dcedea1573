import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { create } from 'zustand';

export type ConfirmRequest = {
  /** A question: "Delete this segment?" */
  title: string;
  /** What will happen, in numbers: "1,204 contacts and their 5,310 orders go with it." */
  consequence: ReactNode;
  /** The button, naming the deed: "Delete 1,204 contacts". */
  action: string;
  cancel?: string;
  danger?: boolean;
  /** What has to be typed first, for what cannot be undone. */
  typed?: string;
};

type Pending = { request: ConfirmRequest; answer: (yes: boolean) => void };
const useConfirmStore = create<{ pending: Pending | null }>(() => ({ pending: null }));

/** Asks before a deed; answers true when the person pressed the action. Needs one ConfirmHost on the page. */
export function confirm(request: ConfirmRequest): Promise<boolean> {
  return new Promise((resolve) => {
    useConfirmStore.getState().pending?.answer(false);
    useConfirmStore.setState({
      pending: {
        request,
        answer: (yes) => {
          useConfirmStore.setState({ pending: null });
          resolve(yes);
        },
      },
    });
  });
}

/** Shows what `confirm` asks. Mounted once, by the shell. */
export function ConfirmHost() {
  const pending = useConfirmStore((state) => state.pending);
  return (
    <Modal opened={pending !== null} onClose={() => pending?.answer(false)} title={pending?.request.title} size={420}>
      {pending ? <ConfirmBody key={pending.request.title} {...pending} /> : null}
    </Modal>
  );
}

function ConfirmBody({ request, answer }: Pending) {
  const [typed, setTyped] = useState('');
  const ready = request.typed === undefined || typed.trim() === request.typed;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) answer(true);
      }}
    >
      <Text component="div" c="dimmed">
        {request.consequence}
      </Text>
      {request.typed === undefined ? null : (
        <TextInput
          mt="sm"
          data-autofocus
          label={`Type “${request.typed}” to go on`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <Group justify="flex-end" gap={8} mt="lg">
        <Button variant="default" onClick={() => answer(false)}>
          {request.cancel ?? 'Cancel'}
        </Button>
        <Button
          type="submit"
          color={request.danger ? 'red.9' : undefined}
          disabled={!ready}
          data-autofocus={request.typed === undefined ? true : undefined}
        >
          {request.action}
        </Button>
      </Group>
    </form>
  );
}
