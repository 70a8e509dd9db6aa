import { expect, test } from 'vitest';
import type { StreamSpec } from '../../wire/stream.ts';
import { type IntroducePorts, introduce } from './introduce.ts';

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
