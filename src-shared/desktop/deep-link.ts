/** The scheme the system hands to the app: muster://contacts/12. */
export const DEEP_LINK_SCHEME = 'muster';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Every screen a link from outside may open. Opening one shows something; none of them does anything. */
const allowed: readonly RegExp[] = [
  /^\/contacts(\/[1-9]\d{0,8})?$/,
  new RegExp(`^/(segments|messages|campaigns)(/${uuid})?$`),
  /^\/(reports|imports|settings|sync|events)$/,
];

/** Whether a link from outside, or a notification, may lead to this path of the app. */
export function isLinkablePath(path: string): boolean {
  return allowed.some((pattern) => pattern.test(path));
}

/**
 * The path of the app that a deep link names; null for anything else. Anyone can make the system open such a link, so
 * nothing but a whole, plain address counts: no user, port, query, fragment, escape or dot segment.
 */
export function pathOfDeepLink(link: string): string | null {
  const match = /^muster:\/\/([a-z]+)((?:\/[0-9a-z-]+)*)\/?$/.exec(link);
  if (!match) return null;
  const path = `/${match[1]}${match[2]}`;
  return isLinkablePath(path) ? path : null;
}
