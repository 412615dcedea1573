import type { Database } from '#server/storage/database.ts';
import { senderSchema } from '#shared/api/settings.schema.ts';
import { type Frozen, prepareContent } from './content.ts';

type Content = { createdAt: number; frozen: Promise<Frozen | null> };

/** The campaigns that are being sent, as of the last look, and their frozen content, read once per launch. */
export class ActiveRuns {
  readonly #db: Database;
  readonly #content = new Map<string, Content>();
  #active = new Map<string, number>();
  #problems = false;

  constructor(db: Database) {
    this.#db = db;
  }

  async refresh(): Promise<void> {
    const rows = await this.#db.query<{ campaign_id: string; created_at: Date; problem: string | null }>(
      `select campaign_id, created_at, problem from campaign_run
       where state = 'sending' and not exists (select 1 from workspace where sending_stopped)`,
    );
    this.#active = new Map(rows.map((row) => [row.campaign_id, row.created_at.getTime()]));
    this.#problems = rows.some(({ problem }) => problem !== null);
    for (const id of this.#content.keys()) if (!this.#active.has(id)) this.#content.delete(id);
  }

  ids(): string[] {
    return [...this.#active.keys()];
  }

  /** Null when the campaign is not being sent any more. */
  async content(campaignId: string): Promise<Frozen | null> {
    const createdAt = this.#active.get(campaignId);
    if (createdAt === undefined) return null;
    const known = this.#content.get(campaignId);
    if (known?.createdAt === createdAt) return known.frozen;
    const frozen = this.#load(campaignId);
    this.#content.set(campaignId, { createdAt, frozen });
    try {
      return await frozen;
    } catch (error) {
      this.#content.delete(campaignId);
      throw error;
    }
  }

  async #load(campaignId: string): Promise<Frozen | null> {
    const [row] = await this.#db.query<{ subject: string; preheader: string; html: string; sender: unknown }>(
      'select subject, preheader, html, sender from campaign_run where campaign_id = $1',
      [campaignId],
    );
    if (!row) return null;
    const { subject, preheader, html } = row;
    return { prepared: prepareContent({ subject, preheader, html }), sender: senderSchema.parse(row.sender) };
  }

  /** Says in words what holds the campaign up while it goes on trying. */
  async setProblem(campaignId: string, problem: string): Promise<void> {
    this.#problems = true;
    await this.#db.query(`update campaign_run set problem = $2 where campaign_id = $1 and state = 'sending'`, [
      campaignId,
      problem,
    ]);
  }

  /** Answers the campaigns that had one. */
  async clearProblems(): Promise<string[]> {
    if (!this.#problems) return [];
    this.#problems = false;
    const rows = await this.#db.query<{ campaign_id: string }>(
      `update campaign_run set problem = null where state = 'sending' and problem is not null returning campaign_id`,
    );
    return rows.map(({ campaign_id }) => campaign_id);
  }
}
