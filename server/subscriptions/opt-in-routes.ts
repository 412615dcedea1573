/** The link of a confirmation. A GET only shows a page: whoever opens links for others must not say yes for them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Links, loadLinks } from '#server/deliveries/links.ts';
import { badLinkPage, pageHeaders } from '#server/deliveries/pages.ts';
import type { Deps } from '#server/service.ts';
import { askAgain, confirmOptIn, optInStanding } from './opt-in.ts';
import { confirmedPage, confirmPage, expiredPage, sentAgainPage, tooManyPage, usedPage } from './opt-in-pages.ts';

const FORM = 'application/x-www-form-urlencoded';
const BODY_LIMIT = 16_384;

type Token = { Params: { '*': string } };

export function optInRoutes(deps: Deps): (app: FastifyInstance) => Promise<void> {
  const { db, config, now, wake } = deps;
  let loading: Promise<Links> | undefined;

  async function idOf(request: FastifyRequest<Token>): Promise<string | null> {
    loading ??= loadLinks(db, config.publicUrl).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return (await loading).readConfirm(request.params['*']);
  }

  async function workspaceName(): Promise<string> {
    const [row] = await db.query<{ name: string }>('select name from workspace where id = 1');
    return row?.name ?? '';
  }

  const say = (reply: FastifyReply, html: string, status = 200): FastifyReply =>
    reply.code(status).headers(pageHeaders).send(html);

  async function ask(request: FastifyRequest<Token>, reply: FastifyReply): Promise<FastifyReply> {
    const id = await idOf(request);
    const standing = id === null ? 'gone' : await optInStanding(db, id, now());
    if (standing === 'gone') return say(reply, badLinkPage(), 400);
    if (standing === 'confirmed') return say(reply, usedPage());
    return say(reply, standing === 'expired' ? expiredPage() : confirmPage(await workspaceName()));
  }

  async function answer(request: FastifyRequest<Token>, reply: FastifyReply): Promise<FastifyReply> {
    const id = await idOf(request);
    if (id === null) return say(reply, badLinkPage(), 400);
    if (new URLSearchParams(String(request.body ?? '')).get('what') === 'again') {
      const isSent = await db.tx((tx) => askAgain(tx, id, now()));
      wake.notify('optIn');
      return say(reply, isSent ? sentAgainPage() : tooManyPage());
    }
    const standing = await db.tx((tx) => confirmOptIn(tx, id, { at: now(), from: request.ip }));
    wake.notify('dirty');
    if (standing === 'gone') return say(reply, badLinkPage(), 400);
    if (standing === 'expired') return say(reply, expiredPage());
    return say(reply, standing === 'confirmed' ? usedPage() : confirmedPage(await workspaceName()));
  }

  return async (app) => {
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
        done(null, body),
      );
      scope.get<Token>('/confirm/*', ask);
      scope.post<Token>('/confirm/*', answer);
    });
  };
}
