import { Button, CopyButton } from '@mantine/core';
import { useLive } from '#renderer/data/hooks.ts';
import { siteSnippet } from '#shared/site/site.schema.ts';
import { Section } from './section.tsx';
import classes from './sites.module.css';

/** Where shops reach the server: as it says itself, else where this page came from. */
function useServerUrl(): string | null {
  const status = useLive((from) => from.actions.sendingStatus(), [], ['status']);
  const here = window.location.protocol.startsWith('http') ? window.location.origin : null;
  return status.value?.publicUrl ?? here;
}

/** The first step of a set-up: what to paste into the pages. */
export function SiteSnippet({ siteId, asksConsent }: { siteId: string; asksConsent: boolean }) {
  const url = useServerUrl();
  const snippet = url === null ? null : siteSnippet(url, siteId);
  return (
    <Section
      title="1. Put the script on every page"
      text="Paste it into the template of your pages, just before </body>. It waits for nothing and slows nothing down."
      aside={
        snippet === null ? null : (
          <CopyButton value={snippet}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy the script'}</Button>}
          </CopyButton>
        )
      }
    >
      {snippet === null ? (
        <p className={classes.dim}>The address of the server is known as soon as it can be reached.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than its box is scrolled by keyboard
        <section className={classes.code} tabIndex={0} aria-label="Script">
          <pre>{snippet}</pre>
        </section>
      )}
      {asksConsent ? (
        <p className={classes.dim}>
          When a visitor has agreed, call <code>eS('consent', true)</code>; when they take it back,{' '}
          <code>eS('consent', false)</code>.
        </p>
      ) : null}
    </Section>
  );
}
