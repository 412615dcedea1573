import type { Mjml2Html } from '#shared/message/compile-source.ts';

/** MJML's browser build is over a megabyte: it is fetched when the first MJML message is opened. */
export async function loadMjml(): Promise<Mjml2Html> {
  const { default: mjml2html } = await import('mjml-browser');
  return async (source, options) => {
    const { html, errors } = await mjml2html(source, options);
    return { html, errors };
  };
}
