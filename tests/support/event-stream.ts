import { must } from '#shared/kernel/assert.ts';

export type StreamEvent = { event: string; data: unknown };

/** The events of a tRPC subscription over HTTP, without those that only keep the connection; `message` is a value. */
export async function* eventsOf(answer: Response): AsyncGenerator<StreamEvent, void, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of must(answer.body, 'a stream')) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1] ?? 'message';
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event === 'connected' || event === 'ping' || data === undefined) continue;
      yield { event, data: data === '' ? null : JSON.parse(data) };
    }
  }
}

/** What a stream says first; ends the stream. tRPC answers 200 even when it then refuses with `serialized-error`. */
export async function firstEvent(answer: Response): Promise<StreamEvent> {
  for await (const event of eventsOf(answer)) return event;
  throw new Error('the stream ended without an event');
}
