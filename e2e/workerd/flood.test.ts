/**
 * A node that does not keep to the protocol of streams must cost the service, which all tenants share, next to nothing.
 */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { decodeServerFrame, type ServerMessage, SUBPROTOCOL } from '../../wire/socket.ts';
import { AGENT_STREAM_SUBPROTOCOL } from '../../wire/stream.ts';
import { eventually } from '../eventually.ts';
import { residentMB, serverPid } from './process.ts';
import { Machine } from './service.ts';

type Order = ServerMessage & { type: 'open-stream' };

const PODS = '/api/v1/namespaces/default/pods';
const MB = 1024 * 1024;

async function dial(address: string, protocol: string, { ca, token }: Endpoint): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(address.replace('https', 'wss'), protocol, { ca, headers, perMessageDeflate: false });
  socket.on('error', () => {});
  await new Promise((resolve, reject) => {
    socket.once('open', resolve).once('unexpected-response', (_, { statusCode }) => reject(new Error(`${statusCode}`)));
  });
  return socket;
}

/** A log that is asked for and not read. */
function follow({ server, ca, token }: Endpoint, path: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    request(server + path, { ca, agent: false, headers }, (answer) => resolve(answer.on('error', () => {})))
      .on('error', reject)
      .end();
  });
}

test('a node that ignores credits is cut off; one that has no ticket wakes no session', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const node = await machine.join('n1');
  const made = await send(node, 'POST', '/api/v1/nodes', { metadata: { name: 'n1' } });
  expect(made.status, made.text).toBe(201);
  const pod = { metadata: { name: 'p' }, spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] } };
  await eventually(async () => expect((await send(cluster, 'POST', PODS, pod)).status).toBe(201));

  const link = await dial(`${node.server}/islet/v1/socket`, SUBPROTOCOL, node);
  const orders: Order[] = [];
  link.on('message', (data) => {
    const frame = decodeServerFrame(String(data));
    if (frame.type === 'message' && frame.message.type === 'open-stream') orders.push(frame.message);
  });
  const open = async (path: string) => {
    const asked = follow(cluster, path);
    await eventually(() => expect(orders).toHaveLength(1));
    const { session, ticket } = orders.splice(0)[0] as Order;
    return { asked, session, address: `${node.server}/islet/v1/streams/${session}?ticket=${ticket}` };
  };

  // A log is a log, whatever else the query says: nothing of how it is opened reaches the client.
  const { asked, session, address } = await open(`${PODS}/p/log?follow=true&watch=true`);
  const forged = `${node.server}/islet/v1/streams/${session}?ticket=${node.token}`;
  await expect(dial(forged, AGENT_STREAM_SUBPROTOCOL, node)).rejects.toThrow('401');
  await expect(dial(forged.replace(session, 'a'.repeat(36)), AGENT_STREAM_SUBPROTOCOL, node)).rejects.toThrow('401');
  const flood = await dial(address, AGENT_STREAM_SUBPROTOCOL, node);
  let closed: number | undefined;
  flood.on('close', (code) => (closed = code));
  flood.send('{"type":"start"}');
  const answer = await asked;
  expect([answer.statusCode, answer.headers['islet-stream']]).toEqual([200, undefined]);
  const before = residentMB(serverPid(machine.state));
  const chunk = Buffer.alloc(MB, 'x');
  let sent = 0;
  while (closed === undefined && sent < 300) {
    await new Promise<void>((resolve) => flood.send(chunk, () => resolve()));
    sent++;
  }
  await eventually(() => expect(closed).toBe(1008));
  expect(residentMB(serverPid(machine.state)) - before).toBeLessThan(100);
  answer.destroy();

  // Frames that are none of the protocol end the answer, too.
  const second = await open(`${PODS}/p/log?follow=true`);
  const garbled = await dial(second.address, AGENT_STREAM_SUBPROTOCOL, node);
  garbled.send('{"type":');
  const refused = await second.asked;
  expect(refused.statusCode).toBe(500);
  refused.destroy();
  link.close();
}, 90_000);
