import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from './accounts.ts';
import { CLIENT_ADDRESS_HEADER } from './auth.ts';

/** Only what the app uses; everything else better-auth could answer stays closed. */
const routes = [
  ['POST', '/api/auth/sign-in/email'],
  ['POST', '/api/auth/sign-out'],
  ['GET', '/api/auth/get-session'],
  ['POST', '/api/auth/change-password'],
  ['POST', '/api/auth/revoke-other-sessions'],
] as const;

/** Fastify's headers in the web's form. */
export function webHeaders(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
  }
  return headers;
}

/** A page never needs the token: its session is the cookie, which scripts cannot read. Every browser sends this header. */
const isPage = (request: FastifyRequest) => request.headers['sec-fetch-site'] !== undefined;

async function withoutToken(answer: Response): Promise<string> {
  const text = await answer.text();
  if (!answer.headers.get('content-type')?.includes('json')) return text;
  return JSON.stringify(JSON.parse(text), (key, value: unknown) => (key === 'token' ? undefined : value));
}

/** better-auth below /api/auth. */
export function authRoutes(accounts: Pick<Accounts, 'handle'>, checkOrigin: (request: FastifyRequest) => void) {
  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const headers = webHeaders(request);
    headers.set(CLIENT_ADDRESS_HEADER, request.ip);
    headers.delete('content-length');
    const url = `${request.protocol}://${request.host}${request.url}`;
    const body = typeof request.body === 'string' && request.body !== '' ? { body: request.body } : {};
    const found = await accounts.handle(new Request(url, { method: request.method, headers, ...body }));
    const page = isPage(request);
    for (const [name, value] of found.headers) {
      if (name === 'set-cookie' || name === 'content-length') continue;
      if (page && name === 'set-auth-token') continue;
      reply.header(name, value);
    }
    const secure = request.protocol === 'https' ? '; Secure' : '';
    for (const cookie of found.headers.getSetCookie()) reply.header('set-cookie', `${cookie}${secure}`);
    reply.header('cache-control', 'no-store');
    reply.code(found.status).send(page ? await withoutToken(found) : await found.text());
  }

  return async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', async (request) => checkOrigin(request));
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: 10_000 }, (_request, body, done) =>
      done(null, body),
    );
    for (const [method, url] of routes) app.route({ method, url, handler: answer });
  };
}
