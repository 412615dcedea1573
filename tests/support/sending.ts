import Fastify from 'fastify';
import { type Campaigns, createCampaigns } from '#server/deliveries/campaigns.ts';
import { trackingRoutes } from '#server/deliveries/tracking-routes.ts';
import type { Deps } from '#server/service.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { type CampaignRun, campaignRunSchema } from '#shared/campaign/campaign.schema.ts';
import { fold } from '#shared/kernel/fold.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { caller } from './caller.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { type SmtpSink, startSmtpSink } from './smtp-sink.ts';
import { createTestDeps } from './test-deps.ts';

export const EVERYBODY: Rule = { type: 'all', rules: [] };

export type TestContact = { email: string | null; firstName?: string | null; status?: string; demo?: boolean };

export type Sending = {
  database: TestDatabase;
  deps: Deps;
  sink: SmtpSink;
  campaigns: Campaigns;
  /** Origin of the tracking routes. */
  url: string;
  /** Adds contacts; answers their ids. */
  contacts(list: readonly TestContact[]): Promise<number[]>;
  /** A campaign with its message and segment, synced; answers its id. */
  campaign(more?: {
    subject?: string;
    source?: string;
    format?: 'mjml' | 'html';
    rule?: Rule;
    preheader?: string;
    scheduledAt?: number | null;
    categories?: string[];
  }): Promise<string>;
  launch(campaignId: string): Promise<void>;
  run(campaignId: string): Promise<CampaignRun | null>;
  /** Waits until the run's document satisfies `when`. */
  until(campaignId: string, when: (run: CampaignRun) => boolean, timeoutMs?: number): Promise<CampaignRun>;
  /** State and reason per address, in order of contact id. */
  states(
    campaignId: string,
  ): Promise<{ address: string | null; state: string; reason: string | null; attempts: number }[]>;
  stop(): Promise<void>;
};

/** Everything sending needs, all of it real: PostgreSQL, an SMTP server, HTTP for the links. */
export async function startSending(
  options: {
    query?: string;
    cancelWindowMs?: number;
    started?: boolean;
    publicUrl?: string;
    smtpUrl?: string | null;
    now?: () => number;
  } = {},
): Promise<Sending> {
  const database = await createTestDatabase();
  const sink = await startSmtpSink(options.query === undefined ? {} : { query: options.query });
  const app = Fastify({ logger: false });
  const base = createTestDeps(database.db, options.now ? { now: options.now } : {});
  // The port is known only when it listens, the routes read the address only when they are asked.
  const config = { ...base.config, smtpUrl: options.smtpUrl === undefined ? sink.url : options.smtpUrl };
  const deps: Deps = { ...base, config };
  await app.register(trackingRoutes(deps));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  config.publicUrl = options.publicUrl ?? url;
  const campaigns = createCampaigns(deps, { cancelWindowMs: options.cancelWindowMs ?? 0, random: () => 0 });
  const started = options.started ?? true;
  if (started) await campaigns.service.start();
  const { db } = database;
  let campaignCount = 0;

  await db.tx(async (tx) => {
    await writeDocument(tx, 'setting', 'sender', {
      fromName: 'Олена’s shop',
      fromEmail: 'news@shop.example.org',
      replyTo: '',
    });
  });

  async function run(campaignId: string): Promise<CampaignRun | null> {
    const [row] = await db.query<{ body: unknown }>('select body from document where id = $1', [`run:${campaignId}`]);
    return row ? campaignRunSchema.parse(row.body) : null;
  }

  return {
    database,
    deps,
    sink,
    campaigns,
    url,
    run,
    async contacts(list) {
      const rows = await db.query<{ id: number }>(
        `insert into contact (id, email, email_fold, first_name, email_status, demo, created_at, updated_at)
         select nextval('contact_id_seq'), email, email_fold, first_name, status, demo, now(), now()
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[]) with ordinality
           as c (email, email_fold, first_name, status, demo, n) order by n returning id`,
        [
          list.map(({ email }) => email),
          list.map(({ email }) => (email === null ? null : fold(email))),
          list.map(({ firstName }) => firstName ?? null),
          list.map(({ status, email }) => status ?? (email === null ? 'none' : 'subscribed')),
          list.map(({ demo }) => demo ?? false),
        ],
      );
      return rows.map(({ id }) => id);
    },
    async campaign(more = {}) {
      const n = ++campaignCount;
      const { rule = EVERYBODY, scheduledAt = null } = more;
      const message = {
        name: `Message ${n}`,
        subject: more.subject ?? 'Hello {{ contact.firstName | default: "friend" }}',
        preheader: more.preheader ?? '',
        format: more.format ?? 'html',
        source:
          more.source ?? '<html><body><p>Hi</p><a href="https://shop.example.org/?a=1&amp;b=2">Shop</a></body></html>',
        createdAt: 1,
        categories: more.categories ?? [],
      };
      await db.tx(async (tx) => {
        await writeDocument(tx, 'message', `m${n}`, message);
        await writeDocument(tx, 'segment', `s${n}`, { name: `Segment ${n}`, description: '', rule, createdAt: 1 });
        await writeDocument(tx, 'campaign', `c${n}`, {
          name: `Campaign ${n}`,
          messageId: `m${n}`,
          segmentId: `s${n}`,
          scheduledAt,
          createdAt: 1,
        });
      });
      return `c${n}`;
    },
    launch: (campaignId) => campaigns.port.launch(caller, { campaignId, scheduledAt: null }),
    async until(campaignId, when, timeoutMs = 20_000) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const found = await run(campaignId);
        if (found && when(found)) return found;
        if (Date.now() > deadline) throw new Error(`Waited in vain; the run is ${JSON.stringify(found)}`);
        await new Promise((done) => setTimeout(done, 25));
      }
    },
    states: (campaignId) =>
      db.query('select address, state, reason, attempts from delivery where campaign_id = $1 order by contact_id', [
        campaignId,
      ]),
    async stop() {
      if (started) await campaigns.service.stop();
      await app.close();
      await sink.close();
      await database.drop();
    },
  };
}
