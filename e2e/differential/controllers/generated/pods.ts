/** Steps that do something to some pods, which are the same ones on both sides: random names do not choose them. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../../mutations.ts';
import type { Place, Step } from '../scenario.ts';
import type { Choices } from './choices.ts';

const INDEX = 'batch.kubernetes.io/job-completion-index';
const HASHES = [
  'pod-template-hash',
  'controller-revision-hash',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
];
const MERGE = 'application/merge-patch+json';
const LONGEST_BACK_OFF_MS = 90_000;

/** Pods that are alike sort alike; then the oldest is first. */
function standing({ metadata, spec, status }: Json): string {
  const labels = Object.entries(metadata.labels ?? {}).filter(([name]) => !HASHES.includes(name));
  const conditions = (status.conditions ?? []).map(({ type, status }: Json) => `${type}=${status}`);
  return JSON.stringify([
    spec.nodeName ?? '',
    spec.containers.map(({ image }: Json) => image),
    metadata.annotations?.[INDEX] ?? '',
    labels.sort(),
    status.phase,
    conditions.sort(),
    metadata.annotations?.['suite/run'] ?? '',
    metadata.generateName ? metadata.creationTimestamp : metadata.name,
  ]);
}

async function living({ side, namespace }: Place): Promise<Json[]> {
  const { items } = await side.must('GET', `/api/v1/namespaces/${namespace}/pods`);
  return (items as Json[])
    .filter(({ metadata, status }) => !metadata.deletionTimestamp && !['Succeeded', 'Failed'].includes(status.phase))
    .map((pod) => ({ pod, at: standing(pod) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ pod }) => pod);
}

function some(what: string, most: number, act: (place: Place, path: string) => Promise<unknown>): Step {
  return {
    name: `${what} ${most} pods`,
    async run(place) {
      for (const { metadata } of (await living(place)).slice(0, most)) {
        await act(place, `/api/v1/namespaces/${place.namespace}/pods/${metadata.name}`);
      }
    },
  };
}

export function killSome(most: number, options: Json = {}): Step {
  return some(`delete ${JSON.stringify(options)}`, most, ({ side }, path) => side.send('DELETE', path, options));
}

export function changeSome(most: number, body: Json, subresource = ''): Step {
  const what = `patch ${subresource} ${JSON.stringify(body)}`;
  return some(what, most, ({ side }, path) => side.send('PATCH', path + subresource, body, MERGE));
}

export function runSome(most: number, how: string): Step {
  return changeSome(most, { metadata: { annotations: { 'suite/run': how } } });
}

/** Lets deleted pods go. */
export const freeAll: Step = {
  name: 'free all pods',
  async run({ side, namespace }) {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    for (const { metadata } of (await side.must('GET', path)).items) {
      await side.send(
        'PATCH',
        `${path}/${metadata.name}`,
        { metadata: { annotations: { 'suite/stay': null } } },
        MERGE,
      );
    }
  },
};

/** A change that may befall the pods of any workload. */
export function podEdit(choices: Choices): Step {
  const most = choices.between(1, 3);
  return choices.one([
    () => killSome(most),
    () => killSome(most, { gracePeriodSeconds: 0 }),
    () => runSome(most, 'unready'),
    () => runSome(1, choices.one(['fail', 'succeed'])),
    () => runSome(9, 'ready'),
    () => runSome(9, 'ready'),
    () => changeSome(most, { metadata: { labels: { app: choices.one(['other', null]) } } }),
    () => changeSome(9, { metadata: { labels: { app: 'web' } } }),
    () => changeSome(9, { metadata: { labels: { own: 'x' } } }),
    () => changeSome(1, { metadata: { ownerReferences: null } }),
    () => freeAll,
  ])();
}

/** A Job's back-off is over: as many pods run as may, or the Job does not want any. */
export const backOffOver: Step = {
  name: 'the back-off is over',
  async run({ side, namespace }) {
    const end = Date.now() + LONGEST_BACK_OFF_MS;
    while (Date.now() < end) {
      await setTimeout(1500);
      const job = side.seen(namespace).find(({ plural }) => plural === 'jobs');
      if (!job || job.spec.suspend || (job.status.conditions ?? []).length > 0) return;
      const { parallelism = 1, completions } = job.spec;
      const { active = 0, succeeded = 0, failedIndexes = '' } = job.status;
      if (failedIndexes !== '' || active >= Math.min(parallelism, (completions ?? parallelism) - succeeded)) return;
    }
  },
};
