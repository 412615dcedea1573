import { Button, Group, Modal } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { Allowed } from './allowed.tsx';
import classes from './publish.module.css';
import type { Use } from './use-uses.ts';

export type PublishBarProps = {
  /** "segment", "message": what is published. */
  what: string;
  name: string;
  /** Campaigns that use it. */
  uses: readonly Use[];
  /** What changes with it; asked for only when the sheet is open. */
  difference: () => ReactNode;
  /** Why it cannot be published as it stands; null when it can. */
  problem: string | null;
  publish: () => Promise<void>;
  /** Goes back to what is published. */
  discard: () => void;
};

/** Shown while a draft differs from what campaigns use: says so, and publishes it after showing the difference. */
export function PublishBar({ what, name, uses, difference, problem, publish, discard }: PublishBarProps) {
  const [opened, setOpened] = useState(false);
  const askDiscard = async () => {
    const yes = await confirm({
      title: 'Discard the draft?',
      consequence: `“${name}” goes back to what is published. Undo brings the draft back while this screen is open.`,
      action: 'Discard draft',
      danger: true,
    });
    if (yes) discard();
  };
  return (
    <section className={classes.bar} aria-label="Unpublished changes">
      <IconPencil size={16} stroke={1.5} aria-hidden />
      <span className={classes.words}>
        Unpublished changes.{' '}
        {uses.length === 0 ? 'No campaign uses it yet.' : 'Campaigns go on with the published version.'}
      </span>
      <Allowed right="edit">
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => void askDiscard()}>
          Discard draft…
        </Button>
        <Button
          size="compact-xs"
          disabled={problem !== null}
          title={problem ?? undefined}
          onClick={() => setOpened(true)}
        >
          Publish…
        </Button>
      </Allowed>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Publish this ${what}?`} size={640}>
        {opened ? (
          <PublishSheet
            uses={uses}
            difference={difference()}
            onCancel={() => setOpened(false)}
            onPublish={async () => {
              try {
                await publish();
                setOpened(false);
                notifyDone(`“${name}” is published.`);
              } catch (error) {
                notifyError(`“${name}” was not published`, error);
              }
            }}
          />
        ) : null}
      </Modal>
    </section>
  );
}

type SheetProps = {
  uses: readonly Use[];
  difference: ReactNode;
  onCancel: () => void;
  onPublish: () => Promise<void>;
};

function PublishSheet({ uses, difference, onCancel, onPublish }: SheetProps) {
  const [busy, setBusy] = useState(false);
  const publish = async () => {
    setBusy(true);
    await onPublish();
    setBusy(false);
  };
  return (
    <div className={classes.sheet}>
      {difference}
      <section aria-label="Used in">
        <h3 className={classes.title}>Used in</h3>
        {uses.length === 0 ? (
          <p className={classes.dim}>No campaign yet.</p>
        ) : (
          <ul className={classes.uses}>
            {uses.map(({ id, name, effect }) => (
              <li key={id}>
                <Link href={`/campaigns/${id}`}>{name}</Link> <span className={classes.dim}>{effect}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onCancel}>
          Not yet
        </Button>
        <Button loading={busy} onClick={() => void publish()} data-autofocus>
          Publish
        </Button>
      </Group>
    </div>
  );
}
