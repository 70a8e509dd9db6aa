/** Watch delivery, one event at a time: from sending a write to the line at each of 1, 100 and 1,000 watchers. */
import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { must, open } from '../lib/http.ts';
import { cpuMs } from '../lib/process.ts';
import { medians, percentile } from '../lib/stats.ts';
import type { Figure, Target } from '../lib/target.ts';
import { configMap } from './objects.ts';

const WATCHERS = [1, 100, 1_000];
const EVENTS = 50;
const BETWEEN_MS = 40;
const NAME = 'watched';
const PATH = '/api/v1/namespaces/default/configmaps';

export async function watchCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  let stored: KubeObject | undefined;
  for (const watchers of WATCHERS) {
    const p50: Record<string, number> = {};
    const p99: Record<string, number> = {};
    const cpu: Record<string, number> = {};
    for (const target of targets) {
      const samples: { p50: number; p99: number; cpu: number }[] = [];
      for (let run = 0; run < runs; run++) {
        const result = await measure(target, watchers, (target.addsNothing && stored) || configMap(NAME));
        if (!target.addsNothing) stored ??= result.stored;
        const [half, most] = [percentile(result.lags, 50), percentile(result.lags, 99)];
        samples.push({ p50: half, p99: most, cpu: result.cpu / EVENTS });
      }
      const middle = medians(samples);
      p50[target.name] = middle.p50;
      p99[target.name] = middle.p99;
      cpu[target.name] = middle.cpu;
    }
    const name = `watch delivery to ${watchers}`;
    figures.push({ case: name, what: 'p50', unit: 'ms', values: p50 });
    figures.push({ case: name, what: 'p99', unit: 'ms', values: p99 });
    figures.push({ case: name, what: 'server CPU an event', unit: 'CPU ms', values: cpu });
  }
  return figures;
}

interface Measured {
  lags: number[];
  cpu: number;
  /** The object as the server made it. */
  stored: KubeObject;
}

async function measure(target: Target, watchers: number, object: KubeObject): Promise<Measured> {
  const stored = await must<KubeObject>(target, 'POST', PATH, object);
  const query = `watch=true&fieldSelector=metadata.name%3D${NAME}&resourceVersion=${stored.metadata.resourceVersion}`;
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
  const before = cpuMs(target.pids);
  for (let round = 0; round < EVENTS; round++) {
    sent.set(String(round), performance.now());
    const patch = { data: { round: String(round) } };
    await must(target, 'PATCH', `${PATH}/${NAME}`, patch, 'application/merge-patch+json');
    // Delivery is measured, not a queue that grows because the machine is busy with something else.
    await settled(() => lags.length >= (round + 1) * watchers);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  const cpu = cpuMs(target.pids) - before;
  for (const stream of streams) stream.destroy();
  await must(target, 'DELETE', `${PATH}/${NAME}`);
  if (lags.length < EVENTS * watchers)
    throw new Error(`${target.name}: ${lags.length} of ${EVENTS * watchers} events came`);
  return { lags, cpu, stored };
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
  for (let i = 0; i < 500 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
}
