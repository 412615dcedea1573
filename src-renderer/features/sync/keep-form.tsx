import { Button, Radio, Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { Keep } from '#renderer/data/data-api.ts';
import { setPersonalKept } from '#renderer/parts/personal-here.ts';
import { useReasonWithout } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { Card } from './card.tsx';
import { doneWords, keepChange } from './keep-words.ts';
import classes from './sync.module.css';

const spans: { value: string; days: Keep['eventDays']; label: string }[] = [
  { value: '90', days: 90, label: 'The last 90 days' },
  { value: '180', days: 180, label: 'The last 180 days' },
  { value: '365', days: 365, label: 'The last year' },
  { value: 'all', days: null, label: 'All' },
];

/** How much of the server's data this device holds; the server keeps everything. */
export function KeepForm({ keep }: { keep: Keep }) {
  const format = useFormat();
  const now = useNow(60_000);
  const online = useOnline();
  const noPersonal = useReasonWithout('readPersonal');
  const [wanted, setWanted] = useState(keep);
  const [busy, setBusy] = useState(false);
  const { eventDays, personal } = keep;
  useEffect(() => setWanted({ eventDays, personal }), [eventDays, personal]);

  const change = keepChange(keep, wanted, format, now);
  const changed = wanted.eventDays !== eventDays || wanted.personal !== personal;
  const personalGoes = personal && !wanted.personal;
  const apply = async () => {
    if (change.deleted.length > 0) {
      const yes = await confirm({
        title: 'Keep less on this device?',
        consequence: `${change.deleted.join(' ')} The server keeps everything.`,
        action: personalGoes ? 'Delete from this device' : 'Keep less',
        danger: true,
      });
      if (!yes) return;
    }
    setBusy(true);
    try {
      await data.setKeep(wanted);
      setPersonalKept(wanted.personal);
      notifyDone(doneWords(keep, wanted));
    } catch (error) {
      notifyError('What this device keeps was not changed', error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Card title="What this device keeps">
      <form
        className={classes.keep}
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        <Radio.Group
          label="Events"
          description="A shorter time gives older events up in larger pieces (about 65,000 events): some older ones stay until a whole piece is old."
          value={spans.find(({ days }) => days === wanted.eventDays)?.value ?? 'all'}
          onChange={(next) => {
            const span = spans.find(({ value }) => value === next);
            if (span) setWanted({ ...wanted, eventDays: span.days });
          }}
        >
          <div className={classes.spans}>
            {spans.map(({ value, label }) => (
              <Radio key={value} size="xs" value={value} label={label} />
            ))}
          </div>
        </Radio.Group>
        <Switch
          label="Names, addresses and other personal values"
          description={noPersonal ?? 'Stored encrypted. Switch it off on a laptop that travels.'}
          disabled={noPersonal !== null}
          checked={wanted.personal && noPersonal === null}
          onChange={(event) => setWanted({ ...wanted, personal: event.currentTarget.checked })}
        />
        {changed ? (
          <>
            {change.deleted.map((words) => (
              <p key={words} className={classes.warn}>
                {words}
              </p>
            ))}
            {change.fetched.map((words) => (
              <p key={words} className={classes.dim}>
                {words}
                {online ? '' : ' That happens when the server is there again.'}
              </p>
            ))}
            <div className={classes.buttons}>
              <Button variant="default" onClick={() => setWanted(keep)}>
                Leave as it is
              </Button>
              <Button type="submit" loading={busy} color={change.deleted.length > 0 ? 'red.9' : undefined}>
                {change.deleted.length > 0 ? 'Keep less…' : 'Keep more'}
              </Button>
            </div>
          </>
        ) : (
          <p className={classes.dim}>The server keeps everything, whatever is chosen here.</p>
        )}
      </form>
    </Card>
  );
}
