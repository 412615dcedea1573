import { useEffect, useState } from 'react';
import { loadMjml } from '#renderer/parts/mjml.ts';
import { PREVIEW_UNSUBSCRIBE, previewDocument } from '#renderer/parts/preview-document.ts';
import { Delayed } from '#renderer/ui/delayed.tsx';
import { compileSource } from '#shared/message/compile-source.ts';
import { TemplateError } from '#shared/message/liquid.ts';
import type { Message } from '#shared/message/message.schema.ts';
import { renderMessage } from '#shared/message/render.ts';
import classes from './campaigns.module.css';

/** What the chosen message looks like, as somebody without any field filled in would get it. */
export function MailGlimpse({ message }: { message: Message | null }) {
  const [glimpse, setGlimpse] = useState<{ of: Message; mail: Glimpse | null } | null>(null);
  useEffect(() => {
    if (!message) return;
    let overtaken = false;
    void compileSource(message.format, message.source, loadMjml).then(({ html }) => {
      if (!overtaken) setGlimpse({ of: message, mail: glimpseOf(message, html) });
    });
    return () => {
      overtaken = true;
    };
  }, [message]);

  if (!message) {
    return (
      <div className={classes.side}>
        <div className={classes.sideBlank}>Choose a message, and it is shown here.</div>
      </div>
    );
  }
  const mail = glimpse?.of === message ? glimpse.mail : undefined;
  return (
    <section className={classes.side} aria-label="Preview of the mail">
      <div className={classes.sideHead}>
        <div className={classes.sideSubject} title={message.subject}>
          {(mail ? mail.subject : message.subject) || 'No subject'}
        </div>
        <div className={classes.sideHint}>{mail ? mail.preheader : message.preheader}</div>
      </div>
      {mail === undefined ? (
        <div className={classes.sideBlank}>
          <Delayed>Drawing the mail…</Delayed>
        </div>
      ) : mail === null ? (
        <div className={classes.sideBlank}>This message has errors. Open it to mend them.</div>
      ) : (
        <iframe className={classes.sideFrame} title="Email preview" sandbox="" srcDoc={mail.page} />
      )}
    </section>
  );
}

type Glimpse = { subject: string; preheader: string; page: string };

/** Null for a message that cannot be read; its editor says why. */
function glimpseOf(message: Message, html: string): Glimpse | null {
  if (html === '') return null;
  const input = { contact: {}, links: { unsubscribeUrl: PREVIEW_UNSUBSCRIBE } };
  try {
    const mail = renderMessage({ subject: message.subject, preheader: message.preheader, html }, input);
    const { subject: preheader } = renderMessage({ subject: message.preheader, preheader: '', html: '' }, input);
    return { subject: mail.subject, preheader, page: previewDocument(mail.html) };
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}
