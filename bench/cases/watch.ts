/**
 * Watch delivery, one event at a time: from sending a write to the line at each of 1, 100 and 1,000 watchers. `direct`
 * is the bare object that keeps all responses itself: one entry into the isolate for all of them, and no sleep.
 */
import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { must, open } from '../lib/http.ts';
import { cpuMs } from '../lib/process.ts';
import { inTurns } from '../lib/rounds.ts';
import { percentile } from '../lib/stats.ts';
import type { Figure, Target } from '../lib/target.ts';
import { configMap } from './objects.ts';

/** The numbers of watchers, and of the events that each run sends them: a p99 wants hundreds of deliveries. */
const CASES = [
  { watchers: 1, events: 200 },
  { watchers: 100, events: 50 },
  { watchers: 1_000, events: 30 },
];
/** The first write is not counted: after others were measured it finds nothing in its caches. */
const COLD = 5;
const BETWEEN_MS = 40;
const NAME = 'watched';
const DIRECT = { name: 'direct', watchQuery: '&direct=true' };
const PATH = '/api/v1/namespaces/default/configmaps';

export async function watchCase(sideBySide: readonly Target[], runs: number): Promise<Figure[]> {
  const direct = sideBySide.filter(({ name }) => name === 'bare').map((bare) => ({ ...bare, ...DIRECT }));
  const targets = [...sideBySide, ...direct];
  const figures: Figure[] = [];
  let stored = configMap(NAME);
  for (const { watchers, events } of CASES) {
    const of = await inTurns(targets, runs, async (target) => {
      const created = await must<KubeObject>(target, 'POST', PATH, target.addsNothing ? stored : configMap(NAME));
      if (target.name === 'islet') stored = created;
      return measure(target, watchers, events, created.metadata.resourceVersion);
    });
    const name = `watch delivery to ${watchers}`;
    figures.push({ case: name, what: 'p50', unit: 'ms', values: of('p50') });
    figures.push({ case: name, what: 'p99', unit: 'ms', values: of('p99') });
    figures.push({ case: name, what: 'server CPU an event', unit: 'CPU ms', values: of('cpu') });
  }
  return figures;
}

async function measure(
  target: Target,
  watchers: number,
  events: number,
  resourceVersion: string | undefined,
): Promise<{ p50: number; p99: number; cpu: number }> {
  const query = `watch=true${target.watchQuery ?? ''}&fieldSelector=metadata.name%3D${NAME}&resourceVersion=${resourceVersion}`;
  const sent = new Map<string, number>();
  const lags: number[] = [];
  const streams: IncomingMessage[] = [];
  for (let i = 0; i < watchers; i++) {
    const stream = await open(target, 'GET', `${PATH}?${query}`);
    streams.push(stream);
    readLines(stream, (line) => {
      const round = /"round":"(\d+)"/.exec(line)?.[1];
      const from = round === undefined ? undefined : sent.get(round);
      if (from !== undefined) lags.push(performance.now() - from);
    });
  }
  let before = 0;
  for (let round = 0; round < COLD + events; round++) {
    if (round === COLD) before = cpuMs(target.pids);
    sent.set(String(round), performance.now());
    const patch = { data: { round: String(round) } };
    await must(target, 'PATCH', `${PATH}/${NAME}`, patch, 'application/merge-patch+json');
    // Delivery is measured, not a queue that grows because the machine is busy with something else.
    await settled(() => lags.length >= (round + 1) * watchers);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  const cpu = (cpuMs(target.pids) - before) / events;
  for (const stream of streams) stream.destroy();
  await must(target, 'DELETE', `${PATH}/${NAME}`);
  const due = (COLD + events) * watchers;
  if (lags.length < due) throw new Error(`${target.name}: ${lags.length} of ${due} events came`);
  const counted = lags.slice(COLD * watchers);
  return { p50: percentile(counted, 50), p99: percentile(counted, 99), cpu };
}

function readLines(stream: IncomingMessage, each: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) each(line);
  });
  stream.on('error', () => {});
}

async function settled(done: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
}
