import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './entry.module.css';
import mark from './muster.svg';

/** The frame of the screens before the app: mark, title, one form. */
export function Entry({ title, text, children }: { title: string; text: ReactNode; children: ReactNode }) {
  return (
    <main className={classes.entry}>
      <div className={classes.card}>
        <img src={mark} alt="" width={36} height={36} />
        <h1 className={classes.title}>{title}</h1>
        <Text component="div" c="dimmed" mb="md">
          {text}
        </Text>
        {children}
      </div>
    </main>
  );
}
