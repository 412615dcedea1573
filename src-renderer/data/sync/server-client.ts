import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { z } from 'zod';
import { type UploadInfo, uploadInfo } from '#shared/api/import.schema.ts';
import type { AppRouter } from '#shared/api/router.ts';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';
import { DataFailure, failureOfStatus, OFFLINE } from './data-failure.ts';

const protocol = { [PROTOCOL_HEADER]: String(PROTOCOL_VERSION) };

/** The server's procedures over HTTP, at the page's own origin; the desktop's main process passes requests on. */
function createRpc() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        // An event stream cannot carry a header.
        true: httpSubscriptionLink({ url: '/trpc', connectionParams: { protocol: protocol[PROTOCOL_HEADER] } }),
        false: httpBatchLink({ url: '/trpc', maxURLLength: 2_000, headers: protocol }),
      }),
    ],
  });
}
export type Rpc = ReturnType<typeof createRpc>;

/** Everything a device asks of its server. */
export type Server = {
  rpc: Rpc;
  /** Bytes of a column chunk, as they lie in the server's store. */
  fetchChunk(hash: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Hands a file to the server, which looks at its head and answers what it found. */
  uploadFile(file: Blob, fileName: string): Promise<UploadInfo>;
  signIn(email: string, password: string): Promise<SessionUser>;
  /** Ends this device's session at the server; fails soon when the server does not answer. */
  signOut(): Promise<void>;
  /** The user of this device's session; null when nobody is signed in. */
  currentUser(): Promise<SessionUser | null>;
};

export function createServer(): Server {
  return { rpc: createRpc(), fetchChunk, uploadFile, signIn, signOut, currentUser };
}

const userSchema = z.object({ id: z.string(), email: z.string(), name: z.string() });
export type SessionUser = z.infer<typeof userSchema>;

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (cause) {
    // fetch rejects with a TypeError when nobody answered.
    throw new DataFailure(OFFLINE, { cause });
  }
  if (response.ok) return response;
  throw failureOfStatus(response.status, await messageOf(response));
}

async function messageOf(response: Response): Promise<string | null> {
  if (!response.headers.get('content-type')?.includes('json')) return null;
  const body = z.object({ message: z.string() }).safeParse(await response.json());
  return body.success ? body.data.message : null;
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** better-auth over plain HTTP. */
async function signIn(email: string, password: string): Promise<SessionUser> {
  const response = await request('/api/auth/sign-in/email', json({ email, password }));
  return z.object({ user: userSchema }).parse(await response.json()).user;
}

/** A server that never answers must not keep anybody. */
const SIGN_OUT_WITHIN_MS = 5_000;

async function signOut(): Promise<void> {
  await request('/api/auth/sign-out', { ...json({}), signal: AbortSignal.timeout(SIGN_OUT_WITHIN_MS) });
}

async function currentUser(): Promise<SessionUser | null> {
  const response = await request('/api/auth/get-session', { method: 'GET' });
  return (
    z
      .object({ user: userSchema })
      .nullable()
      .parse(await response.json())?.user ?? null
  );
}

/** The browser undoes the transport's compression. */
async function fetchChunk(hash: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(`/chunks/${hash}`, { method: 'GET', signal, headers: protocol });
  return new Uint8Array(await response.arrayBuffer());
}

async function uploadFile(file: Blob, fileName: string): Promise<UploadInfo> {
  const response = await request(`/imports/upload?name=${encodeURIComponent(fileName)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  });
  return uploadInfo.parse(await response.json());
}
