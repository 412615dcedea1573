/**
 * Forwards the page's own-origin requests to the server. The session token is added here and taken out of every answer,
 * so the page never holds it.
 */
export type TokenStore = {
  get(): string | null;
  set(token: string | null): void;
};

/** Headers of the page that reach the server; no cookies, no origin of the app's scheme. */
const forwarded = ['accept', 'accept-language', 'content-type', 'last-event-id', 'trpc-accept', 'x-muster-protocol'];
/** Headers of the answer that reach the page. fetch has already undone the content encoding. */
const returned = ['content-type', 'cache-control', 'etag', 'retry-after', 'content-disposition'];

const hasBody = (method: string) => method !== 'GET' && method !== 'HEAD';

async function withoutToken(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return text;
    const { token: _token, session, ...rest } = body as Record<string, unknown>;
    if (typeof session !== 'object' || session === null) return JSON.stringify(rest);
    const { token: _sessionToken, ...sessionRest } = session as Record<string, unknown>;
    return JSON.stringify({ ...rest, session: sessionRest });
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/**
 * `origin` answers the server's current address, or null while there is none: the token goes to nobody then. An
 * unreachable server is a network error, as it would be in a browser.
 */
export function createServerProxy(options: { origin: () => string | null; tokens: TokenStore; fetch: typeof fetch }) {
  // Of a session that was to be ended when its server did not answer. Nothing but its end is asked with it.
  let ending: { origin: string; token: string } | null = null;

  /** Signing out takes the token away whatever the server says; only its end is still asked for. */
  function tokenFor(origin: string | null, leaving: boolean): string | null {
    const token = options.tokens.get();
    if (!leaving) return token;
    if (token !== null) ending = origin === null ? null : { origin, token };
    options.tokens.set(null);
    return ending?.origin === origin ? ending.token : null;
  }

  return async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const origin = options.origin();
    const leaving = pathname === '/api/auth/sign-out';
    const token = tokenFor(origin, leaving);
    if (origin === null) return Response.error();
    const headers = new Headers({ origin });
    for (const name of forwarded) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    let answer: Response;
    try {
      answer = await options.fetch(origin + pathname + search, {
        method: request.method,
        headers,
        signal: request.signal,
        redirect: 'manual',
        ...(hasBody(request.method) && request.body ? { body: request.body, duplex: 'half' } : {}),
      });
    } catch {
      // Away, refused or aborted: the page sees what it would see without a network.
      return Response.error();
    }
    const kept = new Headers();
    for (const name of returned) {
      const value = answer.headers.get(name);
      if (value !== null) kept.set(name, value);
    }
    if (!pathname.startsWith('/api/auth/')) {
      return new Response(answer.body, { status: answer.status, headers: kept });
    }
    const fresh = answer.headers.get('set-auth-token');
    // Somebody may have chosen another server meanwhile: the token is not for that one.
    if (fresh && options.origin() === origin) options.tokens.set(fresh);
    if (answer.ok && leaving) ending = null;
    return new Response(await withoutToken(answer), { status: answer.status, headers: kept });
  };
}
