import { Agent, request } from 'node:http';

export type Load = { requests: number; seconds: number };

/** Posts bodies over kept-alive connections, each as fast as it is answered, until the time is over. Any answer but 200 fails. */
export async function postLoad(options: {
  url: string;
  authorization: string;
  connections: number;
  ms: number;
  body: () => string;
}): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const url = new URL(options.url);
  const post = (body: string): Promise<void> =>
    new Promise((done, fail) => {
      const sent = request(
        {
          agent,
          method: 'POST',
          host: url.hostname,
          port: url.port,
          path: url.pathname,
          headers: {
            authorization: options.authorization,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (answer) => {
          answer.resume();
          answer.once('end', () =>
            answer.statusCode === 200 ? done() : fail(new Error(`answered ${answer.statusCode}`)),
          );
          answer.once('error', fail);
        },
      );
      sent.once('error', fail);
      sent.end(body);
    });
  const started = performance.now();
  let requests = 0;
  const connection = async (): Promise<void> => {
    while (performance.now() - started < options.ms) {
      await post(options.body());
      requests += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: options.connections }, connection));
  } finally {
    agent.destroy();
  }
  return { requests, seconds: (performance.now() - started) / 1000 };
}
