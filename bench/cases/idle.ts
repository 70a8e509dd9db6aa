/**
 * An idle cluster with a dashboard connected: clock ticks that the server used in a minute, and how often the kernel
 * switched to one of its threads (a woken object would be many of them; the dashboard's heartbeats are a few).
 */
import { readdirSync, readFileSync } from 'node:fs';
import WebSocket from 'ws';
import { PING, SOCKET_PATH, SUBPROTOCOL } from '../../wire/socket.ts';
import { cpuMs } from '../lib/process.ts';
import type { Figure, Target } from '../lib/target.ts';

const SECONDS = 60;
const HEARTBEAT_MS = 20_000;
/** Objects hibernate ten seconds after the last event; controllers write their cursor before that. */
const SETTLE_MS = 20_000;
const TICK_MS = 10;

export async function idleCase(target: Target): Promise<Figure[]> {
  const socket = new WebSocket(`${target.url.replace('https', 'wss')}${SOCKET_PATH}`, [SUBPROTOCOL], {
    rejectUnauthorized: false,
    headers: { authorization: `Bearer ${target.token}` },
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const paths = ['/api/v1/nodes', '/api/v1/pods', '/apis/apps/v1/deployments', '/api/v1/events'];
  for (const [index, path] of paths.entries()) {
    socket.send(JSON.stringify({ type: 'subscribe', id: index + 1, path: `${path}?watch=true` }));
  }
  const heartbeat = setInterval(() => socket.send(PING), HEARTBEAT_MS);
  await sleep(SETTLE_MS);
  const [cpu, switches] = [cpuMs(target.pids), contextSwitches(target.pids)];
  await sleep(SECONDS * 1_000);
  const used = (cpuMs(target.pids) - cpu) / TICK_MS;
  const switched = contextSwitches(target.pids) - switches;
  clearInterval(heartbeat);
  socket.close();
  const name = `${SECONDS} idle seconds, dashboard connected`;
  return [
    { case: name, what: 'clock ticks of 10 ms', unit: 'count', values: { islet: used } },
    { case: name, what: 'context switches of the process', unit: 'count', values: { islet: switched } },
  ];
}

function contextSwitches(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
      sum += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    }
  }
  return sum;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
