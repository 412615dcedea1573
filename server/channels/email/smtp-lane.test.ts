import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SmtpSink, startSmtpSink } from '#tests/support/smtp-sink.ts';
import type { Lane } from '../channel.ts';
import type { Outcome } from './outcome.ts';
import { createSmtpLane } from './smtp-lane.ts';
import { readSmtpUrl } from './smtp-settings.ts';

let sink: SmtpSink;
let lane: Lane;
beforeEach(async () => {
  sink = await startSmtpSink();
  lane = createSmtpLane(readSmtpUrl(sink.url));
});
afterEach(async () => {
  lane.close();
  await sink.close();
});

const body = Buffer.from('Message-ID: <1@x>\r\nSubject: Hi\r\n\r\n.dot first\r\n..two\r\nend\r\n');

async function send(gate: () => Promise<boolean> = async () => true, message: Buffer = body): Promise<Outcome> {
  expect(await lane.open()).toBeNull();
  return lane.send({ from: 'news@shop.test', to: 'ann@x.test', body: message, gate });
}

/** The lane is as good as new afterwards. */
async function worksAgain(): Promise<void> {
  sink.refuse = {};
  delete sink.onData;
  delete sink.beforeAnswer;
  const before = sink.mails.length;
  expect(await send()).toMatchObject({ type: 'sent' });
  expect(sink.mails).toHaveLength(before + 1);
}

test('hands over byte for byte, message after message on one connection', async () => {
  expect(await send()).toMatchObject({ type: 'sent', response: expect.stringMatching(/^250 /) });
  await worksAgain();
  expect(sink.connections).toBe(1);
  expect(sink.mails[0]?.raw).toBe(body.toString());
  expect(sink.mails[0]).toMatchObject({ from: 'news@shop.test', to: 'ann@x.test' });
});

test('the gate is asked once, when the server waits for the message and has none of it', async () => {
  const steps: string[] = [];
  sink.onData = (_to, _cut, stream) => {
    steps.push('354');
    stream.once('data', () => steps.push('first byte'));
  };
  const outcome = await send(async () => {
    await new Promise((done) => setTimeout(done, 50));
    steps.push('gate');
    return true;
  });
  expect(outcome.type).toBe('sent');
  expect(steps).toEqual(['354', 'gate', 'first byte']);
});

test('a gate that says no, or fails, lets nothing out', async () => {
  expect(await send(async () => false)).toEqual({ type: 'withheld' });
  expect(await send(() => Promise.reject(new Error('no database')))).toMatchObject({ type: 'retry', fault: 'server' });
  await new Promise((done) => setTimeout(done, 50));
  expect(sink.mails).toEqual([]);
  await worksAgain();
});

test.each([
  ['mail', 550, '5.7.1 who are you', { type: 'blocked', problem: expect.stringContaining('who are you') }],
  ['mail', 450, 'later', { type: 'retry', fault: 'message' }],
  ['mail', 421, 'shutting down', { type: 'retry', fault: 'server' }],
  [
    'recipient',
    550,
    '5.1.1 <ann@x.test> no such user',
    { type: 'bounced', badAddress: true, response: '550 5.1.1 <…> no such user' },
  ],
  ['recipient', 550, '5.7.1 blocked by policy', { type: 'bounced', badAddress: false }],
  ['recipient', 550, 'no', { type: 'bounced', badAddress: false }],
  ['recipient', 451, '4.7.1 greylisted', { type: 'retry', fault: 'message' }],
  ['message', 554, 'spam', { type: 'failed', response: '554 spam' }],
  ['message', 452, 'no space', { type: 'retry', fault: 'message' }],
] as const)('%s answered with %i %s', async (stage, code, text, expected) => {
  let asked = 0;
  sink.refuse = { [stage]: () => ({ code, text }) };
  expect(await send(async () => ++asked > 0)).toMatchObject(expected);
  expect(asked).toBe(stage === 'message' ? 1 : 0);
  expect(sink.mails).toEqual([]);
  await worksAgain();
  expect(sink.connections).toBe(code === 421 ? 2 : 1);
});

test('a connection lost before the end of the message was written: certainly not taken', async () => {
  sink.onData = (_to, cut, stream) => {
    // The first of many bytes are here: the rest can never be.
    stream.once('readable', cut);
  };
  expect(await send(async () => true, Buffer.alloc(60_000_000, 'x\r\n'))).toMatchObject({
    type: 'retry',
    fault: 'message',
  });
  await worksAgain();
});

test('a connection lost after the end was written: not known', async () => {
  sink.beforeAnswer = (_to, cut) => {
    cut();
    return true;
  };
  expect(await send()).toMatchObject({ type: 'uncertain' });
  await worksAgain();
});

test('a server that ended the idle connection costs nothing', async () => {
  await send();
  await sink.close();
  const { port } = new URL(sink.url);
  await new Promise((done) => setTimeout(done, 50));
  expect(await lane.open()).toMatchObject({ type: 'unreachable', problem: expect.stringContaining('127.0.0.1') });
  sink = await startSmtpSink({ port: Number(port) });
  await worksAgain();
});

test('a refused password is told apart from a server that is away', async () => {
  await sink.close();
  sink = await startSmtpSink({
    server: {
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) =>
        password === 'right' ? done(null, { user: 'u' }) : done(new Error('Wrong password')),
    },
  });
  const url = new URL(sink.url);
  url.username = 'me';
  url.password = 'wrong';
  lane = createSmtpLane(readSmtpUrl(url.href));
  expect(await lane.open()).toMatchObject({
    type: 'blocked',
    problem: expect.stringContaining('user name or password'),
  });
  url.password = 'right';
  lane = createSmtpLane(readSmtpUrl(url.href));
  await worksAgain();
});
