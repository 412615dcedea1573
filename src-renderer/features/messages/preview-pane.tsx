import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile, IconMoon, IconSun } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { previewDocument } from '#renderer/parts/preview-document.ts';
import { Delayed } from '#renderer/ui/delayed.tsx';
import classes from './editor.module.css';
import type { Preview } from './use-preview.ts';

type Props = {
  preview: Preview;
  /** Name and address the mail comes from; null while none is set. */
  sender: { name: string; email: string } | null;
  contactPicker: ReactNode;
  /** As written; shown while there is no picture yet. */
  subject: string;
};

const widths = [
  { value: 'desktop', label: 'Desktop width', Icon: IconDeviceDesktop },
  { value: 'mobile', label: 'Mobile width', Icon: IconDeviceMobile },
] as const;
type Width = (typeof widths)[number]['value'];

/** The mail as one contact gets it: the line in the inbox, and the mail itself in a frame where nothing can run. */
export function PreviewPane({ preview, sender, contactPicker, subject }: Props) {
  const [width, setWidth] = useState<Width>('desktop');
  const [dark, setDark] = useState(false);
  const { rendered, stale } = preview;
  const html = rendered?.html ?? null;
  const page = useMemo(() => (html === null ? null : previewDocument(html, dark ? 'dark' : 'light')), [html, dark]);
  const from = sender && sender.email !== '' ? sender.name || sender.email : 'No sender set yet';

  return (
    <section className={classes.pane} aria-label="Preview">
      <div className={classes.bar}>
        {contactPicker}
        <div className={classes.spacer} />
        <fieldset className={classes.toggles} aria-label="Preview width">
          {widths.map(({ value, label, Icon }) => (
            <Tooltip key={value} label={label}>
              <ActionIcon
                aria-label={label}
                aria-pressed={width === value}
                variant={width === value ? 'light' : 'subtle'}
                color={width === value ? 'indigo' : 'gray'}
                onClick={() => setWidth(value)}
              >
                <Icon size={16} stroke={1.5} />
              </ActionIcon>
            </Tooltip>
          ))}
        </fieldset>
        <Tooltip label={dark ? 'Show as a light mailbox' : 'Show as a dark mailbox'}>
          <ActionIcon
            aria-label="Dark mailbox"
            aria-pressed={dark}
            variant={dark ? 'light' : 'subtle'}
            color={dark ? 'indigo' : 'gray'}
            onClick={() => setDark(!dark)}
          >
            {dark ? <IconSun size={16} stroke={1.5} /> : <IconMoon size={16} stroke={1.5} />}
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.inbox}>
        <div className={classes.avatar} aria-hidden>
          {from.slice(0, 1).toUpperCase()}
        </div>
        <div className={classes.inboxFrom} title={sender?.email}>
          {from}
        </div>
        <div className={classes.inboxSubject}>
          <strong>{(rendered ? rendered.subject : subject) || 'No subject'}</strong> <span>{rendered?.preheader}</span>
        </div>
      </div>
      <div className={classes.stage} data-width={width}>
        {page === null ? (
          <div className={classes.blank}>
            {stale ? (
              <Delayed>Drawing the preview…</Delayed>
            ) : (
              'Write something, or mend the errors, to see the mail here.'
            )}
          </div>
        ) : (
          <iframe className={classes.frame} title="Email preview" sandbox="" srcDoc={page} />
        )}
      </div>
    </section>
  );
}
