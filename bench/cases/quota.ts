/** Creates of ConfigMaps in a namespace without a quota, and in one whose quota counts them, in turns. */
import { must } from '../lib/http.ts';
import { inTurns } from '../lib/rounds.ts';
import type { Figure, Target } from '../lib/target.ts';
import { load } from '../lib/wrk.ts';
import { creates } from './creates.ts';
import { configMap } from './objects.ts';

const SECONDS = 4;
const CONNECTIONS = [1, 32];
const NAMESPACES = { 'no quota': 'bench-free', 'a quota': 'bench-quota' } as const;

export async function quotaCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  for (const target of targets) await prepare(target);
  const figures: Figure[] = [];
  for (const connections of CONNECTIONS) {
    // The figures of one target are the ones to compare, so its two namespaces take turns, too.
    const of = await inTurns(targets, runs, async (target) => {
      const free = await loadOf(target, 'no quota', connections);
      const held = await loadOf(target, 'a quota', connections);
      return { free: free.cpu, held: held.cpu, more: (held.cpu / free.cpu - 1) * 100 };
    });
    const name = `create, ${connections} connection${connections > 1 ? 's' : ''}`;
    figures.push({ case: name, what: 'server CPU, no quota', unit: 'CPU ms', values: of('free') });
    figures.push({ case: name, what: 'server CPU, a quota', unit: 'CPU ms', values: of('held') });
    figures.push({ case: name, what: 'a quota adds', unit: '%', values: of('more') });
  }
  return figures;
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
