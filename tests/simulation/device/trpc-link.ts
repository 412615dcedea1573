/**
 * The client's end of the wire. JSON in both directions; errors look as they do behind HTTP; the stream of hints behaves as
 * an EventSource does: any answer but 200 ends it for good, and a connection can be dead without anybody saying so.
 */
import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from '#shared/api/router.ts';
import type { World } from '../world/world.ts';
import type { DeviceServer } from './device-server.ts';
import type { Network } from './network.ts';

/** After this long without a ping the client gives a stream up. */
const SILENCE_MS = 30_000;

export type LinkOptions = {
  world: World;
  server: DeviceServer;
  network: Network;
  device: string;
  protocol: () => number;
  alive: () => boolean;
};

const overJson = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

export function simulatedLink(options: LinkOptions): TRPCLink<AppRouter> {
  return () =>
    ({ op }) =>
      op.type === 'subscription' ? streamOf(options) : answerOf(options, op.path, op.type, op.input);
}

function answerOf(
  { server, network, device, protocol, alive }: LinkOptions,
  path: string,
  type: 'query' | 'mutation',
  input: unknown,
) {
  return observable<{ result: { type: 'data'; data: unknown } }, TRPCClientError<AppRouter>>((observer) => {
    if (!alive()) return;
    const sent = overJson(input);
    const version = protocol();
    network
      .exchange(`${device} ${path}`, () => server.handle(device, { path, input: sent, type, protocol: version }))
      .then(
        (answer) => {
          if (!alive()) return;
          if (answer.ok) {
            observer.next({ result: { type: 'data', data: overJson(answer.data) } });
            observer.complete();
          } else observer.error(TRPCClientError.from({ error: overJson(answer.error) } as never));
        },
        (error: Error) => {
          if (alive()) observer.error(TRPCClientError.from(error));
        },
      );
  });
}

type Event = {
  result:
    | { type: 'started' }
    | { type: 'data'; data: unknown }
    | { type: 'state'; state: 'connecting'; error: TRPCClientError<AppRouter> };
};

function streamOf({ world, server, network, device, protocol, alive }: LinkOptions) {
  return observable<Event, TRPCClientError<AppRouter>>((observer) => {
    if (!alive()) return;
    const { clock, random, log } = world;
    const abort = new AbortController();
    let over = false;
    let silent = false;
    const offCut = network.onCut(() => broken('cut'));
    const broken = (why: string) => {
      if (over || !alive()) return;
      stop();
      log.add(`${device} stream ${why}`);
      const error = TRPCClientError.from(new Error(why));
      observer.next({ result: { type: 'state', state: 'connecting', error } });
    };
    const stop = () => {
      over = true;
      offCut();
      abort.abort();
    };
    const run = async () => {
      const hints = await network.exchange(`${device} stream`, () => server.stream(device, protocol(), abort.signal));
      if (over || !alive()) return;
      observer.next({ result: { type: 'started' } });
      for await (const hint of hints) {
        await network.way();
        if (over || !alive()) return;
        // A connection that died without a word: nothing comes any more, until the missing pings are noticed.
        if (random.chance(network.link.loss)) silent = true;
        if (silent || !network.link.online) return void clock.set(() => broken('silent'), SILENCE_MS);
        observer.next({ result: { type: 'data', data: overJson(hint) } });
        if (random.chance(network.link.doubled)) observer.next({ result: { type: 'data', data: overJson(hint) } });
      }
      broken('ended');
    };
    run().catch((error: unknown) => broken(error instanceof Error ? error.message : String(error)));
    return stop;
  });
}
