/** A watcher that stops reading: it must cost the service next to nothing, and miss nothing. */
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { expect, test } from 'vitest';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';
import { residentMB, serverPid } from './process.ts';
import { Machine } from './service.ts';

const NAMESPACES = 25;
const OBJECTS = 2000;
const CONNECTIONS = 24;
/** So that what is held back for one watcher would be some 200 MB, were it held. */
const SIZE = 1500;
/**
 * The service itself comes to some 160 MB under such creates and levels off at some 300 MB with the streamed answers of
 * the deletes (200 MB more would show), and needs 150 MB more while it replays 200 MB in seconds.
 */
const STALLED_MB = 400;
const REPLAYING_MB = 600;

test('a watcher that stops reading while 100,000 events pass costs no memory, and then sees every one in order', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const pid = serverPid(machine.state);
  const stalled = await PausedWatch.open(cluster, '/api/v1/configmaps?watch=true&labelSelector=many');

  let peak = 0;
  const meter = setInterval(() => (peak = Math.max(peak, residentMB(pid))), 100);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: cluster.ca });
  const namespaces = Array.from({ length: NAMESPACES }, (_, index) => `n-${index}`);
  for (const name of namespaces) await create(cluster, agent, '/api/v1/namespaces', name);
  await createMany(cluster, agent, namespaces);
  agent.destroy();
  for (const name of namespaces) {
    const removed = await send(cluster, 'DELETE', `/api/v1/namespaces/${name}/configmaps?labelSelector=many`);
    expect(removed.status, removed.text.slice(0, 500)).toBe(200);
  }
  const stalledPeak = peak;

  stalled.read();
  const all = NAMESPACES * OBJECTS;
  await eventually(() => expect(stalled.counts).toEqual({ ADDED: all, DELETED: all }), 150_000);
  clearInterval(meter);
  console.log(`stalled: ${Math.round(stalledPeak)} MB at most; with the replay: ${Math.round(peak)} MB`);
  expect(stalledPeak).toBeLessThan(STALLED_MB);
  expect(stalled.disorder).toEqual([]);
  expect(peak).toBeLessThan(REPLAYING_MB);
  stalled.close();
}, 400_000);

async function createMany(cluster: Endpoint, agent: Agent, namespaces: readonly string[]): Promise<void> {
  let next = 0;
  const more = { metadata: { labels: { many: 'true' } }, data: { text: 'x'.repeat(SIZE) } };
  const work = async (): Promise<void> => {
    while (next < namespaces.length * OBJECTS) {
      const number = next++;
      const namespace = namespaces[number % namespaces.length];
      await create(cluster, agent, `/api/v1/namespaces/${namespace}/configmaps`, `m-${number}`, more);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}

function create(
  { server, token }: Endpoint,
  agent: Agent,
  path: string,
  name: string,
  more?: { metadata: object },
): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(server + path, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => (response.statusCode === 201 ? resolve() : reject(new Error(`${response.statusCode}`))));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ ...more, metadata: { ...more?.metadata, name } }));
  });
}

/** A watch of which nothing is read, until it is told to. */
class PausedWatch {
  /** Events by type. */
  readonly counts: Record<string, number> = {};
  /** Events that came after one of a higher revision. */
  readonly disorder: string[] = [];
  readonly #response: IncomingMessage;
  #last = 0;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.on('error', () => {});
  }

  static async open({ server, ca, token }: Endpoint, path: string): Promise<PausedWatch> {
    const headers = { authorization: `Bearer ${token}` };
    return new Promise((resolve, reject) => {
      const sent = request(server + path, { ca, agent: false, headers }, (answer) => resolve(new PausedWatch(answer)));
      sent.on('error', reject);
      sent.end();
    });
  }

  read(): void {
    let rest = '';
    this.#response.setEncoding('utf8');
    this.#response.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#event(line);
    });
  }

  close(): void {
    this.#response.destroy();
  }

  #event(line: string): void {
    const type = /^\{"type":"(\w+)"/.exec(line)?.[1] ?? line.slice(0, 50);
    this.counts[type] = (this.counts[type] ?? 0) + 1;
    const revision = Number(/"resourceVersion":"(\d+)"/.exec(line)?.[1]);
    if (!(revision > this.#last)) this.disorder.push(line.slice(0, 200));
    this.#last = revision;
  }
}
