import { expect, test, vi } from 'vitest';
import { createLocalServer, type LocalServerOptions, type ServerProcess } from './local-server.ts';

/** A process whose life the test decides. */
function fakeProcess() {
  let exit: (code: number) => void = () => undefined;
  let words: (line: string) => void = () => undefined;
  const process: ServerProcess = {
    onExit: (listener) => {
      exit = listener;
    },
    onWords: (listener) => {
      words = listener;
    },
    stop: vi.fn(() => exit(0)),
    kill: vi.fn(() => exit(137)),
  };
  return { process, exit: (code: number) => exit(code), say: (line: string) => words(line) };
}

function setUp(changes: Partial<LocalServerOptions> = {}) {
  const runs: (ReturnType<typeof fakeProcess> & { port: number; setupCode: string })[] = [];
  const pauses: number[] = [];
  const lines: string[] = [];
  let now = 0;
  const server = createLocalServer({
    launch: (settings) => {
      const run = { ...fakeProcess(), ...settings };
      runs.push(run);
      return run.process;
    },
    findPort: async () => 4700,
    isHealthy: async () => true,
    sleep: async (ms) => {
      pauses.push(ms);
      now += ms;
      // The limit of stopping is not reached in these tests unless they say so.
      if (ms === 20_000) await new Promise(() => undefined);
    },
    now: () => now,
    log: { path: '', write: (_level, event, fields) => lines.push(JSON.stringify({ event, ...fields })) },
    ...changes,
  });
  return { server, runs, pauses, lines };
}

test('it is used once it answers, and there is one however often it is asked for', async () => {
  const { server, runs } = setUp();
  expect(server.url()).toBeNull();
  expect(await Promise.all([server.start(), server.start()])).toEqual([true, true]);
  expect(await server.start()).toBe(true);
  expect(runs).toHaveLength(1);
  expect([server.url(), server.state(), server.problem()]).toEqual(['http://127.0.0.1:4700', 'running', null]);
  expect(server.setupCode()).toBe(runs[0]?.setupCode);
  expect(server.setupCode()?.length).toBeGreaterThanOrEqual(16);
});

test('a server that cannot start says why, and nothing is left running', async () => {
  const { server, runs } = setUp({
    isHealthy: async () => false,
    sleep: () => new Promise((done) => setImmediate(done)),
  });
  const started = server.start();
  await vi.waitFor(() => expect(runs).toHaveLength(1));
  runs[0]?.say('Muster cannot start: the data folder is in use.');
  runs[0]?.exit(1);
  expect(await started).toBe(false);
  expect([server.state(), server.problem()]).toEqual(['failed', 'Muster cannot start: the data folder is in use.']);
  expect(server.url()).toBeNull();
});

test('it is started again after a crash, with growing pauses, and given up when it keeps crashing', async () => {
  const { server, runs, pauses } = setUp();
  await server.start();
  for (let crash = 1; crash <= 5; crash++) {
    runs.at(-1)?.exit(139);
    await vi.waitFor(() => {
      expect(runs).toHaveLength(crash + 1);
      expect(server.state()).toBe('running');
    });
  }
  expect(pauses).toEqual([1000, 2000, 5000, 10_000, 30_000]);
  runs.at(-1)?.exit(139);
  await vi.waitFor(() => expect(server.state()).toBe('failed'));
  expect(server.url()).toBeNull();
  expect(runs).toHaveLength(6);
  // Whoever asks again gets a new beginning, with a new code.
  expect(await server.start()).toBe(true);
  expect(new Set(runs.map(({ setupCode }) => setupCode)).size).toBe(7);
});

test('stopping asks, waits, and nothing is started again', async () => {
  const { server, runs } = setUp();
  await server.start();
  await server.stop();
  expect(runs[0]?.process.stop).toHaveBeenCalledOnce();
  expect(runs[0]?.process.kill).not.toHaveBeenCalled();
  await new Promise((done) => setImmediate(done));
  expect(runs).toHaveLength(1);
  expect([server.state(), server.url(), server.setupCode()]).toEqual(['stopped', null, null]);
});

test('a server that does not end is killed', async () => {
  const { server, runs } = setUp({ sleep: async () => undefined });
  await server.start();
  const [run] = runs;
  if (run) run.process.stop = vi.fn();
  await server.stop();
  expect(run?.process.kill).toHaveBeenCalledOnce();
});

test('stopping while it is starting leaves nothing behind', async () => {
  const { server, runs } = setUp({
    isHealthy: async () => false,
    sleep: () => new Promise((done) => setImmediate(done)),
  });
  const never = server.start();
  await server.stop();
  expect(await never).toBe(false);
  expect(runs).toHaveLength(0);
  const started = server.start();
  await vi.waitFor(() => expect(runs).toHaveLength(1));
  await server.stop();
  expect(await started).toBe(false);
  for (const run of runs) expect(run.process.stop).toHaveBeenCalled();
  expect(server.state()).toBe('stopped');
});

test('its words reach the log without secrets', async () => {
  const { server, runs, lines } = setUp();
  await server.start();
  runs[0]?.say('sending to anna@example.org with Bearer abc');
  expect(lines.join('\n')).toContain('server says');
  expect(lines.join('\n')).not.toMatch(/anna|abc/);
  expect(lines.join('\n')).not.toContain(runs[0]?.setupCode);
});
