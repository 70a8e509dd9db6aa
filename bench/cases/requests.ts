/** GET and create, one at a time and 32 at once. */
import { must } from '../lib/http.ts';
import { inTurns } from '../lib/rounds.ts';
import type { Figure, Target } from '../lib/target.ts';
import { load } from '../lib/wrk.ts';
import { creates } from './creates.ts';
import { configMap } from './objects.ts';

const SECONDS = 4;

export async function requestCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const connections of [1, 32]) {
    for (const [what, options] of Object.entries(loads())) {
      const of = await inTurns(targets, runs, (target) =>
        load(target, { connections, seconds: SECONDS, ...options() }),
      );
      const name = `${what}, ${connections} connection${connections > 1 ? 's' : ''}`;
      figures.push({ case: name, what: 'p50', unit: 'ms', values: of('p50') });
      figures.push({ case: name, what: 'p99', unit: 'ms', values: of('p99') });
      figures.push({ case: name, what: 'rate', unit: '1/s', values: of('perSecond') });
      figures.push({ case: name, what: 'server CPU a request', unit: 'CPU ms', values: of('cpu') });
    }
  }
  return figures;
}

/** The target of the loads: one ConfigMap of about 1 KB. */
export async function prepareRequests(target: Target): Promise<void> {
  await must(target, 'POST', '/api/v1/namespaces/default/configmaps', configMap('read-me'));
}

function loads(): Record<string, () => { path: string; script: string }> {
  return {
    GET: () => ({ path: '/api/v1/namespaces/default/configmaps/read-me', script: '' }),
    create: () => ({ path: '/api/v1/namespaces/default/configmaps', script: creates(configMap) }),
  };
}
