/** The pages that a confirmation's link leads to. */
import { page } from '#server/deliveries/pages.ts';
import { escapeHtml } from '#shared/message/html-scan.ts';

const form = (what: 'yes' | 'again', words: string): string =>
  `<form method="post"><input type="hidden" name="what" value="${what}"><button type="submit">${words}</button></form>`;

/** Asks before it does anything: scanners open links too. */
export const confirmPage = (workspace: string): string =>
  page(
    'Confirm your subscription',
    `<p>You signed up for emails from ${escapeHtml(workspace)}.</p>${form('yes', 'Yes, that was me')}`,
  );

export const confirmedPage = (workspace: string): string =>
  page('Your subscription is confirmed', `<p>You will get emails from ${escapeHtml(workspace)} at this address.</p>`);

export const usedPage = (): string =>
  page('This link was used before', '<p>Your answer is noted. There is nothing more to do.</p>');

export const expiredPage = (): string =>
  page('This link is too old', `<p>We can send you a new one.</p>${form('again', 'Send a new link')}`);

export const sentAgainPage = (): string => page('A new link is on its way', '<p>Look into your mailbox.</p>');

export const tooManyPage = (): string =>
  page(
    'Not yet',
    '<p>A link was sent to you a moment ago, or several today. Look into your mailbox, or try later.</p>',
  );
