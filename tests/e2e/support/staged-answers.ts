import type { Page } from 'playwright-core';

/** Answers of the data worker by name (“status”, “actions.listDevices”), for states that take weeks to come about. */
export type StagedAnswers = Readonly<Record<string, unknown>>;

/**
 * Has the page's own connection to its worker answer some questions with what is given; everything else is asked for
 * real. For pictures of rare states only: a full disk, a lease that runs out, a server that is too old.
 */
export async function stageAnswers(page: Page, answers: StagedAnswers): Promise<void> {
  await page.addInitScript((staged) => {
    type Question = { id?: string; type?: string; path?: string[] };
    window.SharedWorker = class extends window.SharedWorker {
      constructor(address: string | URL, options?: string | WorkerOptions) {
        super(address, options);
        const { port } = this;
        const ask = port.postMessage.bind(port);
        const send = (question: Question, transfer: Transferable[] = []) => {
          const name = question.path?.join('.') ?? '';
          if (question.type !== 'APPLY' || !(name in staged)) {
            ask(question, transfer);
            return;
          }
          const data = { id: question.id, type: 'RAW', value: staged[name] };
          setTimeout(() => port.dispatchEvent(new MessageEvent('message', { data })));
        };
        Object.defineProperty(port, 'postMessage', { value: send });
      }
    };
  }, answers);
}
