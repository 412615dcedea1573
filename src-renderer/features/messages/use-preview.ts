import { useEffect, useMemo, useState } from 'react';
import { loadMjml } from '#renderer/parts/mjml.ts';
import { PREVIEW_UNSUBSCRIBE } from '#renderer/parts/preview-document.ts';
import { useDebounced } from '#renderer/ui/use-debounced.ts';
import { type CompiledSource, compileSource, type SourceError } from '#shared/message/compile-source.ts';
import type { MessageLink } from '#shared/message/links.ts';
import { TemplateError } from '#shared/message/liquid.ts';
import type { Message } from '#shared/message/message.schema.ts';
import { type ContactValues, renderMessage } from '#shared/message/render.ts';
import { type Check, messageChecks, messageLinks } from './message-checks.ts';
import { findUnbalanced } from './mjml-balance.ts';

export type Preview = {
  /** What the contact would get; the last good one while the source has an error, null before the first. */
  rendered: { subject: string; preheader: string; html: string } | null;
  checks: Check[];
  links: MessageLink[];
  /** The compiled source, Liquid still inside. */
  compiled: CompiledSource | null;
  /** The picture is older than the text. */
  stale: boolean;
};

const nothing: ContactValues = {};

/** Compiles and renders while somebody types; MJML compiles asynchronously and an answer that was overtaken is dropped. */
export function usePreview(message: Message, contact: ContactValues | null): Preview {
  const settled = useDebounced(message, 200);
  const [compiled, setCompiled] = useState<{ of: string; result: CompiledSource } | null>(null);
  const [rendered, setRendered] = useState<Preview['rendered']>(null);
  const of = `${settled.format}\n${settled.source}`;

  useEffect(() => {
    let overtaken = false;
    const format = settled.format;
    void compileSource(format, settled.source, loadMjml).then((result) => {
      if (!overtaken) setCompiled({ of: `${format}\n${settled.source}`, result });
    });
    return () => {
      overtaken = true;
    };
  }, [settled.format, settled.source]);

  const fresh = compiled?.of === of ? compiled.result : null;

  useEffect(() => {
    if (!fresh || fresh.html === '') return;
    try {
      const input = { contact: contact ?? nothing, links: { unsubscribeUrl: PREVIEW_UNSUBSCRIBE } };
      const { subject, html } = renderMessage(
        { subject: settled.subject, preheader: settled.preheader, html: fresh.html },
        input,
      );
      const { subject: preheader } = renderMessage({ subject: settled.preheader, preheader: '', html: '' }, input);
      setRendered({ subject, preheader, html });
    } catch (error) {
      // The same problem stands in the checks, with its line; the last good picture stays.
      if (!(error instanceof TemplateError)) throw error;
    }
  }, [fresh, settled.subject, settled.preheader, contact]);

  const errors = useMemo(() => located(settled, compiled?.result.errors ?? []), [settled, compiled]);
  const checks = useMemo(() => messageChecks(settled, errors, contact), [settled, errors, contact]);
  const links = useMemo(() => messageLinks(compiled?.result.html ?? ''), [compiled]);
  return { rendered, checks, links, compiled: fresh, stale: fresh === null || settled !== message };
}

/** An error without a line gets the one of the tag that does not match, where there is one. */
function located({ format, source }: Message, errors: readonly SourceError[]): readonly SourceError[] {
  if (format !== 'mjml' || !errors.some(({ line }) => line === null)) return errors;
  const place = findUnbalanced(source);
  return place ? errors.map((error) => (error.line === null ? place : error)) : errors;
}
