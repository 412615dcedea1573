import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '#server/service.ts';
import { type DeliveryRef, type Links, loadLinks, NOBODY } from './links.ts';
import { askPage, backPage, badLinkPage, donePage, leaveReasons, pageHeaders, testPage } from './pages.ts';
import { categoriesOf, comeBack, recordVisit, unsubscribe, type VisitKind } from './tracking.ts';

const FORM = 'application/x-www-form-urlencoded';
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

type LeaveForm = { what: 'all' | 'some' | 'back'; categories: string[]; reason: string | null };

/** What our page sends. Anything else, a mail program's one click above all, means all mail. */
function readForm(body: unknown): LeaveForm {
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  const what = form.get('what');
  return {
    what: what === 'some' || what === 'back' ? what : 'all',
    categories: form.getAll('category'),
    reason: leaveReasons.find((reason) => reason === form.get('reason')) ?? null,
  };
}

/** Wildcards, because a router's limit on a parameter's length must not cut a signed target. */
type Token = { Params: { '*': string } };

/**
 * Pixel, click and unsubscribe. Only the signed pixel and click change anything on a GET, and only figures; leaving needs
 * a POST, of the page's form or of a mail program's one-click (RFC 8058).
 */
export function trackingRoutes(deps: Deps): (app: FastifyInstance) => Promise<void> {
  let loading: Promise<Links> | undefined;
  const links = (): Promise<Links> => {
    loading ??= loadLinks(deps.db, deps.config.publicUrl).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };

  /** A figure that could not be recorded must not keep a reader from a picture or a page. */
  async function record(request: FastifyRequest, ref: DeliveryRef, kind: VisitKind, url: string | null): Promise<void> {
    if (ref.contactId === NOBODY.contactId) return;
    const visit = { method: request.method, userAgent: request.headers['user-agent'] ?? '', at: deps.now() };
    try {
      await recordVisit(deps.db, ref, kind, visit, url);
    } catch (error) {
      deps.log.error({ err: error, kind }, 'An open or a click could not be recorded');
    }
  }

  async function open(request: FastifyRequest<Token>, reply: FastifyReply): Promise<FastifyReply> {
    const ref = (await links()).readOpen(request.params['*']);
    if (ref) await record(request, ref, 'open', null);
    return reply.headers({ 'content-type': 'image/gif', 'cache-control': 'no-store, private' }).send(GIF);
  }

  async function click(request: FastifyRequest<Token>, reply: FastifyReply): Promise<FastifyReply> {
    const found = (await links()).readClick(request.params['*']);
    if (!found) return reply.code(400).headers(pageHeaders).send(badLinkPage());
    await record(request, found.ref, 'click', found.target);
    return reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).redirect(found.target, 302);
  }

  async function ask(request: FastifyRequest<Token>, reply: FastifyReply): Promise<FastifyReply> {
    const known = await links();
    const token = request.params['*'];
    const answer = known.readProbe(token);
    if (answer !== null) return reply.headers({ 'cache-control': 'no-store' }).type('text/plain').send(answer);
    const ref = known.readUnsubscribe(token);
    if (!ref) return reply.code(400).headers(pageHeaders).send(badLinkPage());
    const body =
      ref.contactId === NOBODY.contactId
        ? testPage()
        : askPage(await workspaceName(), await categoriesOf(deps.db, ref));
    return reply.headers(pageHeaders).send(body);
  }

  async function leave(request: FastifyRequest<Token>, reply: FastifyReply): Promise<FastifyReply> {
    const ref = (await links()).readUnsubscribe(request.params['*']);
    if (!ref) return reply.code(400).headers(pageHeaders).send(badLinkPage());
    if (ref.contactId === NOBODY.contactId) return reply.headers(pageHeaders).send(testPage());
    const form = readForm(request.body);
    const known = form.what === 'some' ? await categoriesOf(deps.db, ref) : [];
    const chosen = known.filter(({ id }) => form.categories.includes(id));
    if (form.what === 'some' && chosen.length === 0) {
      const again = askPage(await workspaceName(), known, 'Choose what you no longer want to get.');
      return reply.headers(pageHeaders).send(again);
    }
    const now = deps.now();
    const categories = form.what === 'some' ? chosen.map(({ id }) => id) : null;
    const leaving = { categories, reason: form.reason };
    const done =
      form.what === 'back' ? await comeBack(deps.db, ref, now) : await unsubscribe(deps.db, ref, leaving, now);
    if (!done) return reply.code(400).headers(pageHeaders).send(badLinkPage());
    deps.wake.notify('dirty');
    const name = await workspaceName();
    const page =
      form.what === 'back'
        ? backPage(name)
        : donePage(
            name,
            chosen.map((category) => category.name),
          );
    return reply.headers(pageHeaders).send(page);
  }

  async function workspaceName(): Promise<string> {
    const [row] = await deps.db.query<{ name: string }>('select name from workspace where id = 1');
    return row?.name ?? '';
  }

  return async (app) => {
    await app.register(async (scope) => {
      // Whatever a mail program puts into its one-click POST: the address says everything. Only our own page's form is read.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(FORM, { parseAs: 'string', bodyLimit: 16_384 }, (_request, body, done) =>
        done(null, body),
      );
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 16_384 }, (_request, _body, done) => done(null));
      scope.route<Token>({ method: ['GET', 'HEAD'], url: '/o/*', handler: open });
      scope.route<Token>({ method: ['GET', 'HEAD'], url: '/c/*', handler: click });
      scope.get<Token>('/u/*', ask);
      scope.post<Token>('/u/*', leave);
    });
  };
}
