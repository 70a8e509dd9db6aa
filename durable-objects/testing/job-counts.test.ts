/**
 * Jobs whose pods end, are failed from outside, deleted and evicted, in an object that dies at any write: each pod that
 * ended is counted once, and none before it ended.
 */
import { expect, test } from 'vitest';
import type { Job, Pod } from '../../kube/types.ts';
import { type Actions, type Course, led, seeds } from './chaos.ts';
import { history, isControlledBy } from './history.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const PODS = '/api/v1/namespaces/default/pods';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const FINALIZER = 'batch.kubernetes.io/job-tracking';
const INDEX = 'batch.kubernetes.io/job-completion-index';
const NAMES = ['x', 'y', 'z'];
const STEPS = 70;

const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const below = (count: number) => Math.floor(next() * count);
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const create = () => {
    const annotations = {
      'islet.dev/simulated-exit-after': pick(['1', '3', '20']),
      'islet.dev/simulated-exit-code': pick(['0', '0', '0', '1']),
    };
    const indexed = { completionMode: 'Indexed' };
    const mode = pick([{}, {}, indexed, { ...indexed, backoffLimitPerIndex: below(3), maxFailedIndexes: 3 }]);
    const spec = {
      completions: 1 + below(8),
      parallelism: 1 + below(5),
      backoffLimit: 1 + below(12),
      ...mode,
      ...pick([{}, {}, { podReplacementPolicy: 'Failed' }, { activeDeadlineSeconds: 40 }]),
      template: {
        metadata: { annotations },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: pick([0, 3]),
          containers: [{ name: 'c', image: 'i' }],
        },
      },
    };
    return send(`POST ${JOBS}`, { metadata: { name: pick(NAMES) }, spec });
  };
  const change = (spec: object) => send(`PATCH ${JOBS}/${pick(NAMES)}`, { spec }, MERGE);
  const somePod = async (act: (path: string, name: string) => Promise<unknown>) => {
    const pods = await cluster.list<Pod>(PODS);
    if (pods.length === 0) return;
    const { name = '' } = pick(pods).metadata;
    await act(`${PODS}/${name}`, name);
  };
  const end = (path: string) => {
    const phase = pick(['Failed', 'Failed', 'Succeeded']);
    return send(`PATCH ${path}/status`, { status: { phase, reason: 'Outside' } }, STRATEGIC);
  };
  const evict = (path: string, name: string) =>
    send(`POST ${path}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } });
  return [
    create,
    create,
    () => change({ parallelism: below(6) }),
    () => change({ suspend: next() < 0.4 }),
    () => somePod(end),
    () => somePod(end),
    () => somePod(evict),
    () => somePod((path) => send(`DELETE ${path}`)),
    () => somePod((path) => send(`DELETE ${path}`, { gracePeriodSeconds: 0 })),
    () => cluster.advance(below(15_000)),
    () => cluster.advance(below(60_000)),
    () => send('DELETE /api/v1/nodes/sim-2'),
    () => send('POST /api/v1/nodes', { metadata: { name: 'sim-2', labels: { 'islet.dev/simulated': 'true' } } }),
  ];
};

const isOver = (pod: Pod | undefined): boolean =>
  ['Succeeded', 'Failed'].includes(pod?.status?.phase ?? '') || pod?.metadata.deletionTimestamp !== undefined;
const isTracked = (pod: Pod | undefined): boolean => pod?.metadata.finalizers?.includes(FINALIZER) ?? false;

const isFinished = (status: Job['status']): boolean =>
  status?.conditions?.some(({ type }) => ['Complete', 'Failed'].includes(type)) ?? false;

/** What ended of a Job, as its pods were when they were let go. */
class Ended {
  readonly succeeded = new Set<string>();
  readonly failed = new Set<string>();
  readonly indexes = new Set<string>();

  add({ metadata, status }: Pod): void {
    const { uid = '' } = metadata;
    if (status?.phase === 'Succeeded') {
      this.succeeded.add(uid);
      this.indexes.add(metadata.annotations?.[INDEX] ?? '');
    } else this.failed.add(uid);
  }
}

/** Statements about counts that were wrong at a revision. */
function miscounts({ cluster }: Pick<Course, 'cluster'>): unknown[] {
  const wrong: unknown[] = [];
  const ended = new Map<string, Ended>();
  /** Pods that have ended, still held or not: what may be counted. */
  const over = new Map<string, Ended>();
  const of = (all: Map<string, Ended>, uid = '') => all.get(uid) ?? all.set(uid, new Ended()).get(uid)!;
  const jobs = new Map<string, Job>();
  for (const { written, state } of history(cluster)) {
    const { resource, before, after, revision, key } = written;
    if (resource === 'pods') {
      const [was, is] = [before as Pod | undefined, after as Pod | undefined];
      const owner = (is ?? was)?.metadata.ownerReferences?.[0]?.uid;
      if (is && isOver(is)) of(over, owner).add(is);
      if (was && isTracked(was) && !isTracked(is) && isOver(was)) of(ended, owner).add(was);
    }
    if (resource !== 'jobs.batch' || !after) continue;
    const { metadata, spec, status = {} } = after as Job;
    const { succeeded = 0, failed = 0, uncountedTerminatedPods: uncounted = {} } = status;
    jobs.set(metadata.uid ?? '', after as Job);
    const may = of(over, metadata.uid);
    const counted = [succeeded + (uncounted.succeeded?.length ?? 0), failed + (uncounted.failed?.length ?? 0)] as const;
    const most = [spec?.completionMode === 'Indexed' ? may.indexes.size : may.succeeded.size, may.failed.size] as const;
    if (counted[0] > most[0]) wrong.push({ revision, key, successes: counted[0], most: most[0] });
    // One that fails counts all the pods that it has left.
    const isFailing = status.conditions?.some(({ type }) => type === 'FailureTarget');
    if (!isFailing && counted[1] > most[1]) wrong.push({ revision, key, failures: counted[1], most: most[1] });
    const was = (before as Job | undefined)?.status;
    if ((was?.succeeded ?? 0) > succeeded || (was?.failed ?? 0) > failed) wrong.push({ revision, key, lost: status });
    const held = [...state.values()].filter((pod) => isControlledBy(metadata.uid, pod) && isTracked(pod as Pod));
    if (isFinished(status) && held.length > 0) wrong.push({ revision, key, held: held.length });
  }
  for (const [uid, { metadata, spec, status }] of jobs) {
    if (!isFinished(status)) continue;
    const { succeeded, failed, indexes } = of(ended, uid);
    const successes = spec?.completionMode === 'Indexed' ? indexes.size : succeeded.size;
    const found = [status?.succeeded ?? 0, status?.failed ?? 0] as const;
    // A pod that was counted as failed, since it was being deleted, may have succeeded before it was let go.
    const isRight = found[0] + found[1] === successes + failed.size && found[1] >= failed.size;
    if (!isRight) wrong.push({ job: metadata.name, uid, found, successes, failures: failed.size });
  }
  return wrong;
}

test.each(seeds(1, 2, 3, 4))(
  'a Job counts each pod that ended once, whatever happens (%i)',
  async (seed) => {
    const course = await led(seed, actions, STEPS);
    const { cluster } = course;
    for (const name of NAMES) await cluster.send(`PATCH ${JOBS}/${name}`, { spec: { suspend: false } }, MERGE);
    await cluster.advance(2 * 3_600_000);
    expect(miscounts(course)).toEqual([]);
    expect(cluster.reported).toEqual([]);
  },
  120_000,
);
