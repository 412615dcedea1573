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
  const [glimpse, setGlimpse] = useState<{ of: Message; page: string | null } | null>(null);
  useEffect(() => {
    if (!message) return;
    let overtaken = false;
    void compileSource(message.format, message.source, loadMjml).then(({ html }) => {
      if (!overtaken) setGlimpse({ of: message, page: pageOf(message, html) });
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
  const page = glimpse?.of === message ? glimpse.page : undefined;
  return (
    <section className={classes.side} aria-label="The mail">
      <div className={classes.sideHead}>
        <div className={classes.sideSubject} title={message.subject}>
          {message.subject || 'No subject'}
        </div>
        <div className={classes.sideHint}>{message.preheader}</div>
      </div>
      {page === undefined ? (
        <div className={classes.sideBlank}>
          <Delayed>Drawing the mail…</Delayed>
        </div>
      ) : page === null ? (
        <div className={classes.sideBlank}>This message has errors. Open it to mend them.</div>
      ) : (
        <iframe className={classes.sideFrame} title="The mail" sandbox="" srcDoc={page} />
      )}
    </section>
  );
}

/** Null for a message that cannot be read; its editor says why. */
function pageOf(message: Message, html: string): string | null {
  if (html === '') return null;
  try {
    const content = { subject: message.subject, preheader: message.preheader, html };
    return previewDocument(
      renderMessage(content, { contact: {}, links: { unsubscribeUrl: PREVIEW_UNSUBSCRIBE } }).html,
    );
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}
