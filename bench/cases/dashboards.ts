/**
 * Ten dashboards on one cluster of 1,000 pods, one opened after the other: what each costs the server until its page has
 * all objects, beside a LIST of the same kinds by a client; and what a change costs with none, one and ten of them open.
 */
import WebSocket from 'ws';
import { decodeServerFrame, SOCKET_PATH, SUBPROTOCOL } from '../../wire/socket.ts';
import { must } from '../lib/http.ts';
import { cpuMs } from '../lib/process.ts';
import type { Figure, Target } from '../lib/target.ts';
import { until } from '../lib/until.ts';
import { deployment } from './objects.ts';

const DASHBOARDS = 10;
const REPLICAS = 1_000;
const CHANGES = 500;
/** Controllers come to rest, and the log's cursors are written. */
const SETTLE_MS = 5_000;
const PATH = '/apis/apps/v1/namespaces/default/deployments';
/** The kinds that the page `overview` follows. */
const KINDS = [
  '/api/v1/namespaces',
  '/api/v1/nodes',
  '/api/v1/pods',
  '/api/v1/events',
  ...['deployments', 'replicasets', 'statefulsets', 'daemonsets'].map((plural) => `/apis/apps/v1/${plural}`),
];
const FOLLOWS = 'watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';

export async function dashboardCase(target: Target): Promise<Figure[]> {
  await must(target, 'POST', PATH, deployment('many', REPLICAS));
  await until(target, `${PATH}/many`, (object) => object.status?.readyReplicas === REPLICAS);
  await sleep(SETTLE_MS);
  const lists = await cpuOf(target, async () => {
    for (let time = 0; time < DASHBOARDS; time++) for (const kind of KINDS) await must(target, 'GET', kind);
  });
  const alone = await changes(target);
  const sockets = [await open(target)];
  const withOne = await changes(target);
  const opened = await cpuOf(target, async () => {
    while (sockets.length < DASHBOARDS) sockets.push(await open(target));
  });
  const withTen = await changes(target);
  for (const socket of sockets) socket.close();
  await must(target, 'DELETE', `${PATH}/many`);
  const name = `${DASHBOARDS} dashboards, ${REPLICAS} pods`;
  const figure = (what: string, value: number): Figure => ({
    case: name,
    what,
    unit: 'CPU ms',
    values: { islet: value },
  });
  return [
    figure('lists of its kinds by a client, server CPU a client', lists / DASHBOARDS),
    figure('a page opened beside others, server CPU a page', opened / (DASHBOARDS - 1)),
    figure('a change with no page open, server CPU', alone),
    figure('a change with one page open, server CPU', withOne),
    figure('a change with ten pages open, server CPU', withTen),
  ];
}

/** Resolves when the page has all that there was. */
function open(target: Target): Promise<WebSocket> {
  const socket = new WebSocket(`${target.url.replace('https', 'wss')}${SOCKET_PATH}`, [SUBPROTOCOL], {
    rejectUnauthorized: false,
    headers: { authorization: `Bearer ${target.token}` },
  });
  const waiting = new Set(KINDS.map((_, index) => index + 1));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      for (const [index, kind] of KINDS.entries()) {
        socket.send(JSON.stringify({ type: 'subscribe', id: index + 1, path: `${kind}?${FOLLOWS}` }));
      }
    });
    socket.on('message', (data) => {
      const frame = decodeServerFrame(String(data));
      if (frame.type === 'message' && frame.message.type === 'mark') {
        socket.send(JSON.stringify({ type: 'credit', mark: frame.message.mark }));
      } else if (frame.type === 'events' && frame.lines.includes('k8s.io/initial-events-end')) {
        waiting.delete(frame.subscription);
        if (waiting.size === 0) resolve(socket);
      }
    });
  });
}

/** CPU of the server for a change of a pod, in milliseconds. */
async function changes(target: Target): Promise<number> {
  interface List {
    items: { metadata: { name: string } }[];
  }
  const { items } = await must<List>(target, 'GET', `/api/v1/namespaces/default/pods?limit=${CHANGES}`);
  const used = await cpuOf(target, async () => {
    for (const [index, { metadata }] of items.entries()) {
      const body = { metadata: { labels: { changed: String(index) } } };
      const path = `/api/v1/namespaces/default/pods/${metadata.name}`;
      await must(target, 'PATCH', path, body, 'application/merge-patch+json');
    }
    await sleep(1_000);
  });
  return used / items.length;
}

async function cpuOf(target: Target, work: () => Promise<void>): Promise<number> {
  const before = cpuMs(target.pids);
  await work();
  return cpuMs(target.pids) - before;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
