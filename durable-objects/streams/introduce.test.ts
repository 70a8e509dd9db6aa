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

test('a log over a WebSocket comes in the first protocol that the client names and the server speaks', async () => {
  const { made } = ports();
  const logs: StreamSpec = {
    kind: 'logs',
    node: 'n1',
    namespace: 'default',
    pod: 'web',
    podUID: 'u',
    container: 'c',
    options: { follow: false, previous: false, timestamps: false },
  };
  const ask = { holder: 'token-1', milliseconds: 5000 };
  const protocol = async (more: object) => {
    const answer = await introduce(logs, { ...ask, ...more }, made);
    return answer.ok ? answer.introduction.protocol : answer.status.code;
  };
  expect(await protocol({})).toBe('islet.logs.v1');
  expect(await protocol({ upgrade: 'WebSocket' })).toBe('');
  const bearer = 'base64url.bearer.authorization.k8s.io.YQ';
  expect(await protocol({ upgrade: 'websocket', protocols: `${bearer}, base64.binary.k8s.io, binary.k8s.io` })).toBe(
    'base64.binary.k8s.io',
  );
  expect(await protocol({ upgrade: 'websocket', protocols: 'channel.k8s.io' })).toBe(403);
});

test('a proxied WebSocket is opened in the first protocol of its client, and no other connection is', async () => {
  const { made, told } = ports();
  const target = { host: '10.1.0.1', port: 80 };
  const upgrade = { method: 'GET', path: '/', headers: [] };
  const ask = { holder: 'token-1', milliseconds: 5000 };
  const offered = { upgrade: 'websocket', protocols: 'base64url.bearer.authorization.k8s.io.YQ, chat, talk' };
  const answer = await introduce({ kind: 'http', node: 'n1', target, upgrade }, { ...ask, ...offered }, made);
  expect(answer).toMatchObject({ ok: true, introduction: { kind: 'http', protocol: 'chat' } });
  expect(told).toMatchObject([{ message: { stream: { spec: { upgrade }, protocol: 'chat' } } }]);
  const spdy = await introduce({ kind: 'http', node: 'n1', target, upgrade }, { ...ask, upgrade: 'SPDY/3.1' }, made);
  expect(spdy).toMatchObject({
    ok: false,
    status: { code: 400, message: expect.stringContaining('as WebSockets alone') },
  });
});
