/**
 * Signed addresses in mails: pixel, click, unsubscribe, confirm, and the probe of the public URL's self-test. A token is
 * base64url(payload).base64url(HMAC-SHA-256 of kind and payload, 128 bits): nobody can make one, and one of a kind is
 * worth nothing as another. A click's target lies inside the signature, so a redirect leads only where a mail pointed.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from '#server/storage/database.ts';
import { must } from '#shared/kernel/assert.ts';

export type DeliveryRef = { contactId: number; rowId: number };
export type LinkKind = 'open' | 'click' | 'unsubscribe' | 'confirm' | 'probe';

const paths: Record<LinkKind, string> = {
  open: '/o/',
  click: '/c/',
  unsubscribe: '/u/',
  confirm: '/confirm/',
  probe: '/u/',
};

export type Links = {
  pixelUrl(ref: DeliveryRef): string;
  clickUrl(ref: DeliveryRef, target: string): string;
  unsubscribeUrl(ref: DeliveryRef): string;
  /** Of a question whether somebody signed up. */
  confirmUrl(id: string): string;
  /** Address of the self-test, on the very path of unsubscribing, and the answer that proves this server gave it. */
  probe(): { url: string; answer: string };
  readOpen(token: string): DeliveryRef | null;
  readClick(token: string): { ref: DeliveryRef; target: string } | null;
  readUnsubscribe(token: string): DeliveryRef | null;
  readConfirm(token: string): string | null;
  /** The answer to a probe's token; null when it is no probe. */
  readProbe(token: string): string | null;
};

/** Contact of links in test mails: nobody. */
export const NOBODY: DeliveryRef = { contactId: 0, rowId: 0 };

export function createLinks(secret: string, publicUrl: string): Links {
  const sign = (kind: string, payload: string): Buffer =>
    createHmac('sha256', secret).update(`${kind}\n${payload}`).digest().subarray(0, 16);
  const url = (kind: LinkKind, payload: string): string =>
    `${publicUrl}${paths[kind]}${Buffer.from(payload).toString('base64url')}.${sign(kind, payload).toString('base64url')}`;
  const answerTo = (nonce: string): string => sign('probe-answer', nonce).toString('base64url');

  function read(kind: LinkKind, token: string): string | null {
    const [payload, signature, ...rest] = token.split('.');
    if (payload === undefined || signature === undefined || rest.length > 0) return null;
    const text = Buffer.from(payload, 'base64url').toString();
    const given = Buffer.from(signature, 'base64url');
    const wanted = sign(kind, text);
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? text : null;
  }
  const readRef = (kind: LinkKind, token: string): DeliveryRef | null => {
    const text = read(kind, token);
    return text === null ? null : parseRef(text);
  };

  return {
    pixelUrl: (ref) => url('open', writeRef(ref)),
    clickUrl: (ref, target) => url('click', `${writeRef(ref)} ${target}`),
    unsubscribeUrl: (ref) => url('unsubscribe', writeRef(ref)),
    confirmUrl: (id) => url('confirm', id),
    probe() {
      const nonce = randomBytes(16).toString('base64url');
      return { url: url('probe', nonce), answer: answerTo(nonce) };
    },
    readOpen: (token) => readRef('open', token),
    readUnsubscribe: (token) => readRef('unsubscribe', token),
    readConfirm: (token) => read('confirm', token),
    readClick(token) {
      const text = read('click', token);
      if (text === null) return null;
      const at = text.indexOf(' ');
      const ref = parseRef(text.slice(0, at));
      const target = text.slice(at + 1);
      return ref && /^https?:\/\//i.test(target) ? { ref, target } : null;
    },
    readProbe(token) {
      const nonce = read('probe', token);
      return nonce === null ? null : answerTo(nonce);
    },
  };
}

const writeRef = ({ contactId, rowId }: DeliveryRef): string => `${contactId.toString(36)}-${rowId.toString(36)}`;

function parseRef(text: string): DeliveryRef | null {
  const [contactId = Number.NaN, rowId = Number.NaN] = text.split('-').map((part) => Number.parseInt(part, 36));
  return Number.isSafeInteger(contactId) && Number.isSafeInteger(rowId) ? { contactId, rowId } : null;
}

/** The workspace's links; its secret is made once, by the first migration. */
export async function loadLinks(db: Pick<Database, 'query'>, publicUrl: string): Promise<Links> {
  const [row] = await db.query<{ link_secret: string }>('select link_secret from workspace where id = 1');
  return createLinks(must(row, 'the workspace has its row').link_secret, publicUrl);
}
