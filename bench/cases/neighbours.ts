/**
 * A user's GETs, one after the other, while another user keeps 50 connections busy with something that costs much: what
 * flow control is for. Both are the same program's, told apart by their names alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { call, must } from '../lib/http.ts';
import { inTurns } from '../lib/rounds.ts';
import { percentile } from '../lib/stats.ts';
import type { Figure, Target } from '../lib/target.ts';
import { makeNoise, type Noise } from '../lib/wrk.ts';
import { configMap, idlePod } from './objects.ts';

const PODS = 5_000;
const CONNECTIONS = 50;
const SECONDS = 4;
const PAUSE_MS = 20;
const RETRY_MS = 1000;
/** A figure of so much says that a request was not answered meanwhile. */
const MAX_MS = 15_000;
const AT_ONCE = 32;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const MAPS = '/api/v1/namespaces/default/configmaps';
const POD_PATH = '/api/v1/namespaces/default/pods';

const as = (user: string): string => `wrk.headers['Impersonate-User'] = '${user}'\n`;
const sending = (method: string, body: string): string =>
  `wrk.method = '${method}'\nwrk.body = [==[${body}]==]\nwrk.headers['Content-Type'] = 'application/json'\n`;

const LARGE = JSON.stringify({ ...configMap('large'), data: { text: 'x'.repeat(900_000) } });
const TERMS = Array.from({ length: 200 }, (_, i) => `key-${i} notin (a${i},b${i},c${i})`).join(',');

const NOISES: Record<string, Noise> = {
  nothing: undefined,
  [`lists of ${PODS} pods`]: { path: POD_PATH, script: '' },
  [`tables of ${PODS} pods`]: {
    path: POD_PATH,
    script: '',
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  },
  [`lists of ${PODS} pods as YAML`]: { path: POD_PATH, script: '', accept: 'application/yaml' },
  'lists with 200 label terms': { path: `${POD_PATH}?labelSelector=${encodeURIComponent(TERMS)}`, script: '' },
  'watches of all pods that end after a second': { path: `${POD_PATH}?watch=1&timeoutSeconds=1`, script: '' },
  'updates of 900 KB': { path: `${MAPS}/large`, script: sending('PUT', LARGE) },
  'deletions of collections that match nothing': {
    path: `${POD_PATH}?labelSelector=none%3Dthere`,
    script: sending('DELETE', ''),
  },
  'logs of a pod': { path: `${POD_PATH}/noisy-0/log`, script: '' },
};

export async function neighbourCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  for (const target of targets) await prepare(target);
  const figures: Figure[] = [];
  for (const [name, noise] of Object.entries(NOISES)) {
    const of = await inTurns(targets, runs, async (target) => {
      const stop =
        noise &&
        (await makeNoise(target, { ...noise, connections: CONNECTIONS, script: `${as('noisy')}${noise.script}` }));
      const quiet = await getInTurn({ ...target, headers: { 'impersonate-user': 'quiet' } });
      const perSecond = stop ? await stop() : 0;
      return { ...quiet, noise: perSecond };
    });
    figures.push({ case: `GET beside ${name}`, what: 'p50', unit: 'ms', values: of('p50') });
    figures.push({ case: `GET beside ${name}`, what: 'p99', unit: 'ms', values: of('p99') });
    figures.push({ case: `GET beside ${name}`, what: 'rate of the others', unit: '1/s', values: of('noise') });
  }
  return figures;
}

/** GETs one after the other, as kubectl would send them: milliseconds of each. One that takes too long is the last. */
async function getInTurn(target: Target): Promise<{ p50: number; p99: number }> {
  const took: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  for (let begun = performance.now(); begun < end; begun = performance.now()) {
    const isAnswered = await Promise.race([getOne(target), sleep(MAX_MS, false)]);
    took.push(performance.now() - begun);
    if (!isAnswered) break;
    await sleep(PAUSE_MS);
  }
  return { p50: percentile(took, 50), p99: percentile(took, 99) };
}

/** As client-go does, which asks again after a second when it is refused. */
async function getOne(target: Target): Promise<true> {
  while ((await call(target, 'GET', `${MAPS}/read-me`)).status === 429) await sleep(RETRY_MS);
  return true;
}

async function prepare(target: Target): Promise<void> {
  for (const name of ['read-me', 'large']) await must(target, 'POST', MAPS, configMap(name));
  const rules = [{ verbs: ['*'], apiGroups: [''], resources: ['configmaps', 'pods', 'pods/log'] }];
  await must(target, 'POST', `${RBAC}/clusterroles`, { metadata: { name: 'bench-neighbours' }, rules });
  await must(target, 'POST', `${RBAC}/clusterrolebindings`, {
    metadata: { name: 'bench-neighbours' },
    roleRef: { kind: 'ClusterRole', name: 'bench-neighbours' },
    subjects: ['noisy', 'quiet'].map((name) => ({ kind: 'User', name })),
  });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < PODS; i = next++) await must(target, 'POST', POD_PATH, idlePod(`noisy-${i}`));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
