import { expect, test } from 'vitest';
import type { StreamSpec } from '../../wire/stream.ts';
import { type IntroducePorts, introduce } from './introduce.ts';
import { type End, Session } from './session.ts';

const EXEC: StreamSpec = {
  kind: 'exec',
  node: 'n1',
  namespace: 'default',
  pod: 'web',
  podUID: 'u',
  container: 'c',
  command: ['sh'],
  stdin: true,
  stdout: true,
  stderr: true,
  tty: false,
};

function ports(over: Partial<IntroducePorts> = {}) {
  let n = 0;
  const told: unknown[] = [];
  const made: IntroducePorts = {
    connected: () => true,
    simulated: () => false,
    uuid: () => `session-${n++}`,
    ticket: async (session, node) => `ticket of ${node} for ${session}`,
    send: (node, message) => {
      told.push({ node, message });
      return true;
    },
    ...over,
  };
  return { made, told };
}

const WEBSOCKET = {
  holder: 'token-1',
  milliseconds: 5000,
  upgrade: 'websocket',
  protocols: 'v5.channel.k8s.io, v4.channel.k8s.io',
};

test('An exec is introduced: the agent gets the session to open, the Worker the place for its client', async () => {
  const { made, told } = ports();
  const protocol = 'v5.channel.k8s.io';
  expect(await introduce(EXEC, WEBSOCKET, made)).toEqual({
    ok: true,
    introduction: { session: 'session-0', ticket: 'ticket of n1 for session-0', kind: 'exec', protocol },
  });
  expect(told).toEqual([
    {
      node: 'n1',
      message: {
        type: 'open-stream',
        session: 'session-0',
        ticket: 'ticket of n1 for session-0',
        holder: 'token-1',
        milliseconds: 5000,
        stream: { spec: EXEC, protocol },
      },
    },
  ]);
});

test('An unreachable node is the first error, since kubectl asks again by SPDY and prints the second answer', async () => {
  for (const ask of [WEBSOCKET, { holder: 'token-1', milliseconds: 5000, upgrade: 'SPDY/3.1' }]) {
    const { made, told } = ports({ connected: () => false });
    expect(await introduce(EXEC, ask, made)).toMatchObject({
      ok: false,
      status: { code: 500, message: 'error dialing backend: node "n1" is not connected' },
    });
    expect(told).toEqual([]);
  }
});

test('A kubectl that speaks only SPDY is told the version that is needed', async () => {
  const { made } = ports();
  const answer = await introduce(EXEC, { holder: 'token-1', milliseconds: 5000, upgrade: 'SPDY/3.1' }, made);
  expect(answer).toMatchObject({ ok: false, status: { code: 400, message: expect.stringContaining('kubectl 1.30') } });
});

class FakeEnd implements End {
  sent: (string | Uint8Array)[] = [];
  closed: number | undefined;
  accepted = false;
  accept() {
    this.accepted = true;
  }
  send(data: string | Uint8Array) {
    this.sent.push(data);
  }
  close(code?: number) {
    this.closed = code;
  }
}

function session() {
  const timers: (() => void)[] = [];
  const ends = [new FakeEnd(), new FakeEnd()] as const;
  const made = new Session<FakeEnd>({ pair: () => ends, after: (_, run) => void timers.push(run) });
  return { made, ends, fire: () => timers.splice(0).forEach((run) => void run()) };
}

const INTRODUCTION = { session: 's', ticket: 'right', kind: 'exec', protocol: 'v5.channel.k8s.io' } as const;

test('Client and agent get the two ends of one pair, in either order', async () => {
  for (const agentFirst of [true, false]) {
    const { made, ends } = session();
    const early = agentFirst ? made.agent('right') : undefined;
    expect(made.client(INTRODUCTION)).toEqual({ ok: true, end: ends[0], protocol: 'v5.channel.k8s.io' });
    expect(await (early ?? made.agent('right'))).toEqual({ ok: true, end: ends[1], protocol: 'islet.stream.v1' });
    expect(ends.some((end) => end.accepted)).toBe(false);
  }
});

test('A ticket opens its session once, and only the right one does', async () => {
  const { made } = session();
  const early = made.agent('wrong');
  made.client(INTRODUCTION);
  expect(await early).toMatchObject({ ok: false, code: 403 });
  expect(await made.agent('right')).toMatchObject({ ok: true });
  expect(await made.agent('right')).toMatchObject({ ok: false, code: 410 });
  expect(made.client(INTRODUCTION)).toMatchObject({ ok: false, code: 409 });
});

test('A client whose agent never comes gets a Status on the error channel, and an abnormal end', async () => {
  const { made, ends, fire } = session();
  made.client(INTRODUCTION);
  fire();
  const frame = ends[1].sent[0] as Uint8Array;
  expect(frame[0]).toBe(3);
  expect(JSON.parse(new TextDecoder().decode(frame.subarray(1)))).toMatchObject({ status: 'Failure', code: 500 });
  expect(ends[1].closed).toBe(1011);
  expect(await made.agent('right')).toMatchObject({ ok: false, code: 410 });
});
