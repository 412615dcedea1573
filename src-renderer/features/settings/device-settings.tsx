import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive, useSession } from '#renderer/data/hooks.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { Ago } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import type { DeviceInfo } from '#shared/api/ports.ts';
import { deviceState, holdsWords } from './device-words.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

const ASK_EVERY_MS = 10_000;

/** Which devices hold a copy of the data, since when, and a way to take it from them. */
export function DeviceSettings() {
  const administers = useCan('administer');
  const devices = useLive((from) => from.actions.listDevices(), [], ['status']);
  const { reload } = devices;
  // What happens on other devices tells nobody here.
  useEffect(() => {
    const timer = window.setInterval(reload, ASK_EVERY_MS);
    return () => window.clearInterval(timer);
  }, [reload]);
  return (
    <Section
      title="Devices"
      text={
        administers
          ? 'Every browser and desktop app that holds a copy of this workspace. A device that does not reach the server for 30 days deletes its data by itself.'
          : 'Your browsers and desktop apps that hold a copy of this workspace.'
      }
    >
      {devices.value === undefined ? (
        devices.error === null ? (
          <SkeletonRows rows={3} label="Loading devices" />
        ) : (
          <ErrorState inline title="Only the server knows the devices" error={devices.error} retry={devices.reload} />
        )
      ) : devices.value.length === 0 ? (
        <EmptyState compact title="No device yet">
          A device appears here when it first reaches the server.
        </EmptyState>
      ) : (
        <ul className={classes.devices} aria-label="Devices">
          {devices.value.toSorted(byUse).map((device) => (
            <DeviceRow key={device.id} device={device} withOwner={administers} onChanged={devices.reload} />
          ))}
        </ul>
      )}
    </Section>
  );
}

const rank: Record<DeviceInfo['state'], number> = { active: 0, ordered: 1, wiped: 2 };

/** This device first, then those that hold data, the most recently seen before. */
function byUse(a: DeviceInfo, b: DeviceInfo): number {
  return Number(b.current) - Number(a.current) || rank[a.state] - rank[b.state] || b.lastSeenAt - a.lastSeenAt;
}

function DeviceRow({
  device,
  withOwner,
  onChanged,
}: {
  device: DeviceInfo;
  withOwner: boolean;
  onChanged: () => void;
}) {
  const format = useFormat();
  const now = useNow(30_000);
  const session = useSession();
  const mine = session.state === 'signedIn' && session.user.id === device.userId;
  const { tone, words } = deviceState(device, format);
  const owner = mine ? 'you' : device.userName;
  const signOut = async () => {
    const yes = await confirm({
      title: `Sign out ${device.name}?`,
      consequence: `${mine ? 'You are' : `${device.userName} is`} signed out there at once. As soon as it reaches the server, it deletes ${device.holds.contacts === 0 ? 'everything of this workspace' : holdsWords(device.holds, format)}, and changes that were not sent yet.`,
      action: 'Sign out and delete',
      danger: true,
    });
    if (!yes) return;
    try {
      await data.actions.signOutDevice(device.id);
      notifyDone(`${device.name} is signed out.`);
      onChanged();
    } catch (error) {
      notifyError('The device was not signed out', error);
    }
  };
  return (
    <li className={classes.device}>
      <div className={classes.deviceWords}>
        <div className={classes.deviceName}>
          <span>{device.name}</span>
          {withOwner ? <span className={list.dim}>{owner}</span> : null}
          {device.current ? <span className={classes.tag}>This device</span> : null}
        </div>
        <div className={classes.hint}>
          {device.state === 'wiped' ? 'Held' : 'Holds'} {holdsWords(device.holds, format)}, since{' '}
          {format.date(device.holds.since ?? device.firstSeenAt)}
        </div>
        <div className={classes.deviceState}>
          <StatusDot tone={tone}>{words}</StatusDot>
          <span className={classes.hint}>
            Last seen <Ago at={device.lastSeenAt} now={now} />
          </span>
        </div>
      </div>
      {device.state !== 'active' || device.current ? null : (
        <Button variant="default" c="var(--bad)" aria-label={`Sign out ${device.name}`} onClick={() => void signOut()}>
          Sign out…
        </Button>
      )}
    </li>
  );
}
