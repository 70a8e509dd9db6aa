import { expect, test } from 'vitest';
import { makeClientKey } from '../../agent/streams/client-key.ts';
import { decodeServerFrame } from '../../wire/socket.ts';
import { isAgentKey } from '../../wire/stream.ts';
import { AgentLink, type AgentSocket, agentTags } from './agent-link.ts';

interface FakeSocket extends AgentSocket {
  tags: string[];
  sent: string[];
  readyState: number;
  heard?: number;
}

function link(sockets: FakeSocket[]) {
  return new AgentLink<FakeSocket>({
    getWebSockets: (tag) => sockets.filter((s) => !tag || s.tags.includes(tag)),
    getTags: (socket) => socket.tags,
    getWebSocketAutoResponseTimestamp: (socket) => (socket.heard ? new Date(socket.heard) : null),
  });
}

function socket(node: string, since: number, heard?: number, key: string | null = null): FakeSocket {
  const made: FakeSocket = {
    tags: agentTags(node, since, key),
    sent: [],
    readyState: 1,
    heard,
    send: (data) => void made.sent.push(data),
    close: () => {
      made.readyState = 3;
    },
  };
  return made;
}

const open = { type: 'open-stream', session: 's', ticket: 't', holder: 'h', milliseconds: 1, stream: {} } as const;

test('A message to a node goes to its newest open socket, and to no other', () => {
  const [old, fresh, other] = [socket('a', 1000), socket('a', 2000), socket('b', 3000)];
  const agents = link([fresh, old, other]);
  expect(agents.send('a', open)).toBe(true);
  expect(fresh.sent.map((frame) => decodeServerFrame(frame))).toEqual([{ type: 'message', message: open }]);
  expect([...old.sent, ...other.sent]).toEqual([]);
  agents.closeReplaced('a');
  expect([old.readyState, fresh.readyState]).toEqual([3, 1]);
});

test('A node whose sockets are closed is not connected', () => {
  const only = socket('a', 1000);
  only.readyState = 2;
  expect(link([only]).connected('a')).toBe(false);
  expect(link([only]).send('a', open)).toBe(false);
  expect(link([only]).nodes()).toEqual([]);
});

test('A node was last heard when it connected, or when its heartbeat was answered', () => {
  expect(link([socket('a', 1000)]).lastHeard('a')).toBe(1000);
  expect(link([socket('a', 1000, 5000)]).lastHeard('a')).toBe(5000);
  expect(link([]).lastHeard('a')).toBeUndefined();
});

test('the longest name of a node fits into a tag', () => {
  for (const tag of agentTags('a'.repeat(253), Date.now(), null)) expect(tag.length).toBeLessThanOrEqual(256);
});

test('the key of an agent is that of its newest connection, and a text that is no key is none', () => {
  const { publicKey } = makeClientKey();
  expect(isAgentKey(publicKey)).toBe(true);
  const agents = link([socket('a', 1, 1, 'old'), socket('a', 2, 2, publicKey), socket('b', 1, 1, `${publicKey}x`)]);
  expect([agents.clientKey('a'), agents.clientKey('b'), agents.clientKey('c')]).toEqual([
    publicKey,
    undefined,
    undefined,
  ]);
});
