import { Button, Group, Modal, Text, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { create } from 'zustand';
import classes from './choose.module.css';

export type Choice<T extends string> = {
  value: T;
  /** The deed: "Keep them here and sign out". */
  label: string;
  /** What it means. */
  about: string;
  danger?: boolean;
};
export type ChooseRequest<T extends string> = {
  /** A question: "Sign out with 3 unsent changes?" */
  title: string;
  text: ReactNode;
  choices: readonly Choice<T>[];
};

type Pending = { request: ChooseRequest<string>; answer: (value: string | null) => void };
const useChooseStore = create<{ pending: Pending | null }>(() => ({ pending: null }));

/** Asks which of several ways to go; null when the person goes none of them. Needs one ChooseHost on the page. */
export function choose<T extends string>(request: ChooseRequest<T>): Promise<T | null> {
  return new Promise((resolve) => {
    useChooseStore.getState().pending?.answer(null);
    useChooseStore.setState({
      pending: {
        request,
        answer: (value) => {
          useChooseStore.setState({ pending: null });
          resolve(request.choices.find((choice) => choice.value === value)?.value ?? null);
        },
      },
    });
  });
}

/** Shows what `choose` asks. Mounted once, by the shell. */
export function ChooseHost() {
  const pending = useChooseStore((state) => state.pending);
  return (
    <Modal opened={pending !== null} onClose={() => pending?.answer(null)} title={pending?.request.title} size={460}>
      {pending ? (
        <>
          <Text component="div" c="dimmed">
            {pending.request.text}
          </Text>
          <ul className={classes.choices}>
            {pending.request.choices.map(({ value, label, about, danger }, place) => (
              <li key={value}>
                <UnstyledButton
                  className={classes.choice}
                  data-danger={danger || undefined}
                  data-autofocus={place === 0 ? true : undefined}
                  onClick={() => pending.answer(value)}
                >
                  <span className={classes.words}>
                    <span className={classes.label}>{label}</span>
                    <span className={classes.about}>{about}</span>
                  </span>
                  <IconChevronRight size={16} stroke={1.5} aria-hidden />
                </UnstyledButton>
              </li>
            ))}
          </ul>
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => pending.answer(null)}>
              Cancel
            </Button>
          </Group>
        </>
      ) : null}
    </Modal>
  );
}
