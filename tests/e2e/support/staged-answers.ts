import type { Page } from 'playwright-core';

/** Answers of the data worker by name (“status”, “actions.listDevices”), for states that take weeks to come about. */
export type StagedAnswers = Readonly<Record<string, unknown>>;

/**
 * Has the page's own connection to its worker answer some questions with what is given; everything else is asked for
 * real. For pictures of rare states only: a full disk, a lease that runs out, a server that is too old.
 */
export async function stageAnswers(page: Page, answers: StagedAnswers): Promise<void> {
  await page.addInitScript((staged) => {
    const Real = window.SharedWorker;
    window.SharedWorker = class extends Real {
      constructor(address: string | URL, options?: string | WorkerOptions) {
        super(address, options);
        const { port } = this;
        const send = port.postMessage.bind(port);
        port.postMessage = (
          message: { id?: string; type?: string; path?: string[] },
          options?: StructuredSerializeOptions,
        ) => {
          const name = message.path?.join('.') ?? '';
          if (message.type !== 'APPLY' || !(name in staged)) {
            send(message, options);
            return;
          }
          const data = { id: message.id, type: 'RAW', value: staged[name] };
          setTimeout(() => port.dispatchEvent(new MessageEvent('message', { data })));
        };
        Object.defineProperty(port, 'postMessage', { value: answer });
      }
    };
  }, answers);
}
