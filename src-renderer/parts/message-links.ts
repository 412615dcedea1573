import type { MessageLink } from '#shared/message/links.ts';

/** Every address of the starter newsletter is under this one, so that it can be told when nobody replaced it. */
export const PLACEHOLDER_SITE = 'https://example.com/';

/** Links that still lead to the starter's placeholder get that as their problem. */
export function withPlaceholders(links: readonly MessageLink[]): MessageLink[] {
  return links.map((link) =>
    link.problem === null && link.url.startsWith(PLACEHOLDER_SITE)
      ? { url: link.url, problem: 'Example address: put your shop’s address here' }
      : link,
  );
}

/** A link as people read it: the address, or what stands for it. */
export function linkWords(url: string): string {
  if (url === '') return 'no address';
  return /^\{\{-?\s*unsubscribeUrl\s*-?\}\}$/.test(url) ? 'Link to unsubscribe' : url;
}
