/** Campaigns on the server: what people ask for (CampaignPort), and the service that hands the mails over. */
import { createEmailChannel } from '#server/channels/email/email-channel.ts';
import { readSmtpUrl, type SmtpSettings } from '#server/channels/email/smtp-settings.ts';
import type { Deps, Service } from '#server/service.ts';
import type { CampaignPort } from '#shared/api/ports.ts';
import { HandOff } from './hand-off.ts';
import { launch } from './launch.ts';
import { recover } from './outbox.ts';
import { inspect } from './preflight.ts';
import { Progress } from './progress.ts';
import { cancelRun, pauseRun, resumeRun, settleUncertain, stopRun } from './run-control.ts';
import { advanceRuns } from './schedule.ts';
import { createSendingState, type SendingState } from './sending-state.ts';
import { testSend } from './test-send.ts';

/** Time to think better of it after pressing Send. */
export const CANCEL_WINDOW_MS = 10_000;
const TICK_MS = 500;
const SELF_TEST_MS = 2_000;

export type CampaignOptions = { cancelWindowMs?: number; random?: () => number };

export type Campaigns = { port: CampaignPort; service: Service };

export function createCampaigns(deps: Deps, options: CampaignOptions = {}): Campaigns {
  const { cancelWindowMs = CANCEL_WINDOW_MS, random = Math.random } = options;
  const { config } = deps;
  const smtp = config.smtpUrl === null ? null : readSmtpUrl(config.smtpUrl);
  const sending = createSendingState(deps, smtp, cancelWindowMs);
  const port: CampaignPort = {
    preflight: async (_caller, campaignId) => (await inspect(deps, smtp, sending, campaignId)).preflight,
    launch: (caller, input) => launch({ deps, smtp, sending, cancelWindowMs }, caller, input),
    pause: (_caller, campaignId) => pauseRun(deps, campaignId),
    resume: (_caller, campaignId) => resumeRun(deps, campaignId),
    stop: (_caller, campaignId) => stopRun(deps, campaignId),
    cancel: (_caller, campaignId) => cancelRun(deps, campaignId),
    settleUncertain: (_caller, input) => settleUncertain(deps, input),
    testSend: (caller, input) => testSend(deps, smtp, caller, input),
    sendingStatus: () => sending.status(),
    stopAll: (caller) => sending.stopAll(caller.name || caller.email),
    resumeAll: () => sending.resumeAll(),
    async verifyPublicUrl() {
      await sending.verifyPublicUrl();
      return sending.status();
    },
  };
  return { port, service: createSendingService(deps, smtp, sending, { cancelWindowMs, random }) };
}

type ServiceOptions = Required<CampaignOptions>;

function createSendingService(
  deps: Deps,
  smtp: SmtpSettings | null,
  sending: SendingState,
  { cancelWindowMs, random }: ServiceOptions,
): Service {
  const { config, db, log } = deps;
  const progress = new Progress(deps);
  const onChange = (campaignId: string): void => progress.touch(campaignId);
  const works = config.role !== 'api';
  const handOff = smtp && works ? new HandOff(deps, createEmailChannel(smtp), { onChange, random }) : null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();
  let selfTest: NodeJS.Timeout | undefined;

  /** One after the other, never two at a time. */
  function tick(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      ticking = advanceRuns(deps, cancelWindowMs)
        .catch((error: unknown) => log.error({ err: error }, 'Campaigns could not be moved on; trying again'))
        .then(tick);
    }, TICK_MS);
  }

  /** The server does not listen yet when its services start, hence a few tries. */
  function testPublicUrl(triesLeft: number): void {
    selfTest = setTimeout(() => {
      sending.verifyPublicUrl().then(
        (problem) => {
          if (problem !== null && triesLeft > 1 && !stopped) testPublicUrl(triesLeft - 1);
        },
        (error: unknown) => log.error({ err: error }, 'The public URL could not be tested'),
      );
    }, SELF_TEST_MS);
  }

  return {
    name: 'sending',
    async start() {
      testPublicUrl(3);
      if (!works) return;
      for (const campaignId of await recover(db, { all: config.databaseUrl === null })) onChange(campaignId);
      await handOff?.start();
      tick();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(selfTest);
      await ticking;
      await handOff?.stop();
      await progress.stop();
    },
  };
}
