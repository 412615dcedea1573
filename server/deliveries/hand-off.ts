/**
 * Takes what is due from the outbox and hands it to the provider over a few lanes. A lane has at most one message open,
 * and starts the next only after the last one's result is stored. What may be sent is decided by the ledger, per message.
 */
import { randomUUID } from 'node:crypto';
import type { Channel, Lane } from '#server/channels/channel.ts';
import type { OpenFailure, Outcome } from '#server/channels/email/outcome.ts';
import type { Deps } from '#server/service.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { TemplateError } from '#shared/message/liquid.ts';
import { ActiveRuns } from './active-runs.ts';
import { composeMail } from './content.ts';
import { createLedger, type Ledger, type Settlement } from './ledger.ts';
import { type Links, loadLinks } from './links.ts';
import { claim, dueBuckets, type Job, LEASE_SECONDS, recover, renew } from './outbox.ts';
import { MAX_ATTEMPTS, retryDelay, ServerHealth, Throttle } from './pacing.ts';
import { pauseWithProblem } from './run-control.ts';

const POLL_MS = 500;
const IDLE_CLOSE_MS = 5_000;
const CLAIM = 50;

export type HandOffOptions = {
  /** Hears of every campaign whose figures changed. */
  onChange: (campaignId: string) => void;
  random: () => number;
};

export class HandOff {
  readonly #deps: Deps;
  readonly #channel: Channel;
  readonly #options: HandOffOptions;
  readonly #ledger: Ledger;
  readonly #active: ActiveRuns;
  readonly #health = new ServerHealth();
  readonly #throttle: Throttle;
  readonly #holder = randomUUID();
  readonly #queue: Job[] = [];
  readonly #held = new Set<Job>();
  readonly #waiting: ((job: Job | null) => void)[] = [];
  #wakeUp: () => void = () => undefined;
  #stopping = false;
  #running: Promise<unknown>[] = [];
  #links: Links | null = null;
  #ends: (() => void)[] = [];

  constructor(deps: Deps, channel: Channel, options: HandOffOptions) {
    this.#deps = deps;
    this.#channel = channel;
    this.#options = options;
    this.#ledger = createLedger(deps);
    this.#active = new ActiveRuns(deps.db);
    this.#throttle = new Throttle(channel.rate);
  }

  async start(): Promise<void> {
    this.#links = await loadLinks(this.#deps.db, this.#deps.config.publicUrl);
    const lanes = Array.from({ length: this.#channel.lanes }, () => this.#runLane(this.#channel.createLane()));
    this.#running = [this.#pump(), ...lanes];
    const renewal = setInterval(
      () => {
        this.#guard('renewing leases', renew(this.#deps.db, [...this.#held], this.#holder));
        this.#guard('recovering', this.#recover());
      },
      (LEASE_SECONDS * 1000) / 3,
    );
    this.#ends = [this.#deps.wake.on('outbox', () => this.#wakeUp()), () => clearInterval(renewal)];
  }

  /** What is open is finished; what was claimed and not begun goes back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp();
    for (const wake of this.#waiting.splice(0)) wake(null);
    await Promise.all(this.#running);
    await Promise.all(this.#queue.splice(0).map((job) => this.#release(job, null)));
    for (const end of this.#ends) end();
  }

  #guard(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#deps.log.error({ err: error }, `Sending: ${what} failed`));
  }

  async #recover(): Promise<void> {
    for (const campaignId of await recover(this.#deps.db, { all: false })) this.#options.onChange(campaignId);
  }

  async #pump(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#active.refresh();
        await this.#fill();
      } catch (error) {
        this.#deps.log.error({ err: error }, 'Sending: the outbox could not be read; trying again');
      }
      if (!this.#stopping) await this.#sleep();
    }
  }

  #sleep(): Promise<void> {
    return new Promise((done) => {
      const wait = Math.max(this.#health.waitFor(this.#deps.now()), POLL_MS);
      const timer = setTimeout(done, Math.min(wait, 2_000));
      this.#wakeUp = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  async #fill(): Promise<void> {
    const { db, now } = this.#deps;
    const campaigns = this.#active.ids();
    if (campaigns.length === 0 || this.#health.waitFor(now()) > 0) return;
    // In trouble, a single message probes.
    const enough = this.#health.inTrouble ? 1 : this.#channel.lanes * 6;
    while (!this.#stopping && this.#held.size < enough) {
      const buckets = await dueBuckets(db, campaigns, now());
      if (buckets.length === 0) return;
      for (const bucket of buckets) {
        const limit = Math.min(CLAIM, enough - this.#held.size);
        if (limit <= 0 || this.#stopping) return;
        const jobs = await claim(db, { bucket, campaigns, limit, holder: this.#holder, now: now() });
        for (const job of jobs) this.#offer(job);
      }
    }
  }

  #offer(job: Job): void {
    this.#held.add(job);
    const lane = this.#waiting.shift();
    if (lane) lane(job);
    else this.#queue.push(job);
  }

  /** The next job; null when there is none for a while, or no more. */
  #next(): Promise<Job | null> {
    if (this.#stopping) return Promise.resolve(null);
    if (this.#held.size < this.#channel.lanes * 3) this.#wakeUp();
    const job = this.#queue.shift();
    if (job) return Promise.resolve(job);
    return new Promise((done) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        done(null);
      }, IDLE_CLOSE_MS);
      const take = (offered: Job | null): void => {
        clearTimeout(timer);
        done(offered);
      };
      this.#waiting.push(take);
    });
  }

  async #runLane(lane: Lane): Promise<void> {
    while (!this.#stopping) {
      const job = await this.#next();
      if (!job) {
        lane.quit();
        continue;
      }
      try {
        await this.#handOver(lane, job);
      } catch (error) {
        // Nothing was handed over: everything after that is an outcome.
        this.#deps.log.error({ err: error }, 'Sending: a mail could not be prepared; it goes back to the queue');
        await this.#retry(job, 'The mail could not be prepared', 'message');
      }
      this.#held.delete(job);
      this.#options.onChange(job.campaignId);
    }
    lane.quit();
  }

  async #handOver(lane: Lane, job: Job): Promise<void> {
    const { now } = this.#deps;
    if (job.skip) return this.#end(job, 'skipped', { reason: job.skip });
    const run = await this.#active.content(job.campaignId);
    if (!run || this.#stopping || !this.#links) return this.#release(job, null);
    const failure = await lane.open();
    if (failure) return this.#unreachable(job, failure);
    const wait = this.#throttle.turn(now());
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    let body: Buffer;
    try {
      const { contactId, rowId, deliveryId, address, contact } = job;
      const recipient = { ref: { contactId, rowId }, deliveryId, address, contact };
      body = await composeMail(run, recipient, this.#links, now());
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return this.#end(job, 'failed', { reason: 'render', response: error.message });
    }
    const outcome = await lane.send({
      from: run.sender.fromEmail,
      to: job.address,
      body,
      gate: () => this.#ledger.mark(job),
    });
    await this.#settle(job, outcome);
  }

  async #settle(job: Job, outcome: Outcome): Promise<void> {
    const unwell = outcome.type === 'uncertain' || (outcome.type === 'retry' && outcome.fault === 'server');
    if (!unwell) await this.#serverWorks();
    switch (outcome.type) {
      case 'sent':
        return this.#end(job, 'sent', { response: outcome.response, sentAt: this.#deps.now() });
      case 'bounced':
        return this.#end(job, 'bounced', {
          response: outcome.response,
          reason: 'refused',
          suppress: outcome.badAddress,
        });
      case 'failed':
        return this.#end(job, 'failed', { response: outcome.response, reason: 'refused' });
      case 'uncertain':
        return this.#end(job, 'uncertain', { response: outcome.response, reason: 'interrupted' });
      case 'retry':
        return this.#retry(job, outcome.response, outcome.fault);
      case 'withheld':
        // Paused, stopped or suppressed meanwhile: the next claim finds out which.
        return this.#release(job, null);
      case 'blocked':
        await this.#release(job, null);
        return pauseWithProblem(this.#deps, job.campaignId, outcome.problem, job.claimedAt);
      default:
        return assertUnreachable(outcome);
    }
  }

  /** A server that is not well costs no message an attempt: all wait until it is better. */
  async #retry(job: Job, response: string, fault: 'message' | 'server'): Promise<void> {
    if (fault === 'server')
      return this.#unreachable(job, { type: 'unreachable', problem: `The SMTP server is not well: ${response}` });
    if (job.attempts + 1 >= MAX_ATTEMPTS) return this.#end(job, 'failed', { reason: 'attempts', response });
    const nextAt = this.#deps.now() + retryDelay(job.attempts, this.#options.random());
    await this.#ledger.settle({ ...this.#plain(job), response, nextAt, attempt: true });
  }

  async #unreachable(job: Job, { type, problem }: OpenFailure): Promise<void> {
    const now = this.#deps.now();
    if (type === 'blocked') {
      await this.#release(job, null);
      return pauseWithProblem(this.#deps, job.campaignId, problem, job.claimedAt);
    }
    this.#health.failed(now, this.#options.random());
    await this.#release(job, now + this.#health.waitFor(now));
    await this.#active.setProblem(job.campaignId, `${problem} Trying again.`);
  }

  async #serverWorks(): Promise<void> {
    if (!this.#health.inTrouble) return;
    this.#health.worked();
    for (const campaignId of await this.#active.clearProblems()) this.#options.onChange(campaignId);
    this.#wakeUp();
  }

  #plain(job: Job): Settlement {
    const nothing = { reason: null, response: null, sentAt: null, nextAt: null };
    return { job, state: 'queued', ...nothing, attempt: false, suppress: false };
  }

  #end(job: Job, state: Settlement['state'], rest: Partial<Omit<Settlement, 'job' | 'state'>>): Promise<void> {
    return this.#ledger.settle({ ...this.#plain(job), attempt: state !== 'skipped', ...rest, state });
  }

  async #release(job: Job, nextAt: number | null): Promise<void> {
    await this.#ledger.settle({ ...this.#plain(job), nextAt });
  }
}
