import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload, IconFileExport } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { SyncStatus } from '#renderer/data/data-api.ts';
import { exportWaiting } from '#renderer/parts/export-waiting.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import type { Format } from '#renderer/ui/format.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { TabLinks } from '#renderer/ui/tab-links.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { statusWords } from './status-words.ts';
import classes from './sync.module.css';

async function redownload(format: Format, waiting: number): Promise<void> {
  const yes = await confirm({
    title: 'Download everything again?',
    consequence: `The copy of the server’s data on this device is dropped and fetched anew; until then lists and reports fill up again. ${
      waiting === 0
        ? 'Nothing of yours waits to be sent.'
        : `Your ${format.counted(waiting, 'unsent change')} ${waiting === 1 ? 'stays' : 'stay'} here.`
    }`,
    action: 'Download again',
  });
  if (!yes) return;
  try {
    await data.redownload();
  } catch (error) {
    notifyError('The data was not downloaded again', error);
  }
}

/** Asks the server now; `busy` while it answers. */
export function useSyncNow(): { sync: () => void; busy: boolean } {
  const [busy, setBusy] = useState(false);
  const sync = () => {
    setBusy(true);
    data
      .syncNow()
      .catch((error: unknown) => notifyError('Sync did not finish', error))
      .finally(() => setBusy(false));
  };
  return { sync, busy };
}

/** Why a menu's entry rests. */
function Why({ children }: { children: ReactNode }) {
  return <div className={classes.period}>{children}</div>;
}

/** How things stand, what can be done about it, and the two parts of the screen. */
export function SyncHeader({ status }: { status: SyncStatus | undefined }) {
  const format = useFormat();
  const now = useNow(10_000);
  const { sync, busy } = useSyncNow();
  const shown = status ? statusWords(status, format, now) : null;
  const open = status ? status.waiting + status.refused : 0;
  const reviews = status?.reviews ?? 0;
  const offline = status?.online === false;
  return (
    <PageHeader
      title="Sync"
      status={shown ? <StatusDot tone={shown.tone}>{shown.words}</StatusDot> : undefined}
      actions={
        <>
          <Menu position="bottom-end" width={260}>
            <Menu.Target>
              <Button variant="default" rightSection={<IconChevronDown size={14} stroke={1.5} aria-hidden />}>
                More
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconFileExport size={16} stroke={1.5} />}
                disabled={open === 0}
                onClick={() => void exportWaiting()}
              >
                Export waiting changes
                {open === 0 ? <Why>Nothing of yours waits.</Why> : null}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconDownload size={16} stroke={1.5} />}
                disabled={offline}
                onClick={() => void redownload(format, status?.waiting ?? 0)}
              >
                Re-download everything…
                {offline ? <Why>Needs the server.</Why> : null}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <Button loading={busy} onClick={sync}>
            Sync now
          </Button>
        </>
      }
    >
      <TabLinks
        label="Sync"
        tabs={[
          { href: '/sync', label: 'Overview' },
          { href: '/sync/review', label: reviews === 0 ? 'Review' : `Review (${format.count(reviews)})` },
        ]}
      />
    </PageHeader>
  );
}
