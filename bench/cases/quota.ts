/** Creates of ConfigMaps in a namespace without a quota, and in one whose quota counts them, in turns. */
import { must } from '../lib/http.ts';
import { inTurns } from '../lib/rounds.ts';
import { medians } from '../lib/stats.ts';
import type { Figure, Target } from '../lib/target.ts';
import { type Load, load } from '../lib/wrk.ts';
import { creates } from './creates.ts';
import { configMap } from './objects.ts';

const SECONDS = 1;
const ROUNDS = 7;
const CONNECTIONS = [1, 32];
const NAMESPACES = { 'no quota': 'bench-free', 'a quota': 'bench-quota' } as const;

export async function quotaCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  for (const target of targets) await prepare(target);
  const figures: Figure[] = [];
  for (const connections of CONNECTIONS) {
    const of = await inTurns(targets, runs, (target) => compared(target, connections));
    const name = `create, ${connections} connection${connections > 1 ? 's' : ''}`;
    figures.push({ case: name, what: 'server CPU, no quota', unit: 'CPU ms', values: of('free') });
    figures.push({ case: name, what: 'server CPU, a quota', unit: 'CPU ms', values: of('held') });
    figures.push({ case: name, what: 'a quota adds', unit: '%', values: of('more') });
  }
  return figures;
}

/**
 * The two namespaces of a target take turns, too, in short loads: what a machine does beside is as much as a quota costs.
 * Each round ends with the namespace that it began with, because a create costs more the more objects there are.
 */
async function compared(target: Target, connections: number): Promise<Record<'free' | 'held' | 'more', number>> {
  const rounds: Record<'free' | 'held' | 'more', number>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [first, second] = round % 2 === 0 ? (['no quota', 'a quota'] as const) : (['a quota', 'no quota'] as const);
    const begun = await loadOf(target, first, connections);
    const between = [await loadOf(target, second, connections), await loadOf(target, second, connections)];
    const outer = cpuOf([begun, await loadOf(target, first, connections)]);
    const inner = cpuOf(between);
    const [free, held] = first === 'no quota' ? [outer, inner] : [inner, outer];
    rounds.push({ free, held, more: (held / free - 1) * 100 });
  }
  return medians(rounds);
}

/** CPU milliseconds a request, over several loads. */
function cpuOf(loads: readonly Load[]): number {
  const requests = loads.reduce((sum, load) => sum + load.requests, 0);
  return loads.reduce((sum, load) => sum + load.cpu * load.requests, 0) / requests;
}

function loadOf(target: Target, which: keyof typeof NAMESPACES, connections: number) {
  const namespace = NAMESPACES[which];
  const make = (name: string) => ({ ...configMap(name), metadata: { name, namespace, labels: { app: 'bench' } } });
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  return load(target, { connections, seconds: SECONDS, path, script: creates(make) });
}

async function prepare(target: Target): Promise<void> {
  for (const name of Object.values(NAMESPACES))
    await must(target, 'POST', '/api/v1/namespaces', { metadata: { name } });
  const spec = { hard: { 'count/configmaps': '10000000' } };
  const path = `/api/v1/namespaces/${NAMESPACES['a quota']}/resourcequotas`;
  await must(target, 'POST', path, { metadata: { name: 'all' }, spec });
}
