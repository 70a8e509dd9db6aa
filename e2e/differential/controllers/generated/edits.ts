/** Edits of generated objects. A side may refuse one: then the other one does, or their states differ. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../../mutations.ts';
import { image, type Place, type Step, SUITE } from '../scenario.ts';
import type { Choices } from './choices.ts';

const MERGE = 'application/merge-patch+json';
const NODE_LABELS = [{ disk: 'ssd' }, { disk: null }];
const NODE_SPECS = [
  { unschedulable: true },
  { unschedulable: null },
  { taints: null },
  { taints: [{ key: 'own', value: 'x', effect: 'NoSchedule' }] },
  { taints: [{ key: 'own', value: 'x', effect: 'NoExecute' }] },
  { taints: [{ key: 'own', value: 'x', effect: 'PreferNoSchedule' }] },
];
const LENIENT = NODE_SPECS.filter(({ taints }) => !taints?.some(({ effect }) => effect === 'NoExecute'));
export const RUNS = ['ready', 'ready', 'ready', 'ready', 'unready', 'pending'];

/** A patch of an object of the group `apps` or `batch`. */
export function change(path: string, body: Json): Step {
  const name = `patch ${path} ${JSON.stringify(body)}`;
  return { name, run: (place) => patched(place, `${place.namespace}/${path}`, body) };
}

async function patched({ side }: Place, path: string, body: Json): Promise<void> {
  const [, plural] = path.split('/');
  const group = plural === 'jobs' || plural === 'cronjobs' ? 'batch' : 'apps';
  await side.send('PATCH', `/apis/${group}/v1/namespaces/${path}`, body, MERGE);
}

export function template(choices: Choices): Json {
  return {
    metadata: {
      labels: { app: 'web', ...choices.maybe(20, () => ({ tier: 'a' })) },
      annotations: {
        'suite/run': choices.one(RUNS),
        ...choices.maybe(10, () => ({ 'suite/stay': '1' })),
      },
    },
    spec: {
      containers: [{ name: 'app', image: 'app:1' }],
      ...choices.maybe(10, () => ({ nodeSelector: { disk: 'ssd' } })),
      ...choices.maybe(10, () => ({ tolerations: [{ key: 'own', operator: 'Exists' }] })),
      ...choices.maybe(10, () => ({ terminationGracePeriodSeconds: choices.between(0, 3) })),
    },
  };
}

/** The workload's controller looks at it. */
export async function touch(place: Place, workload: string, touched: string): Promise<void> {
  await patched(place, `${place.namespace}/${workload}`, { metadata: { annotations: { touched } } });
}

/** Another template, which may be one that was there before. */
export function roll(what: string, choices: Choices): Step {
  return image(what, String(choices.between(1, 4)), { 'suite/run': choices.one(RUNS) });
}

export function removed(path: string, choices: Choices): Step {
  const propagationPolicy = choices.one(['Orphan', 'Background', 'Foreground']);
  return {
    name: `delete ${path} ${propagationPolicy}`,
    async run({ side, namespace }) {
      await side.send('DELETE', `/apis/batch/v1/namespaces/${namespace}/${path}`, { propagationPolicy });
    },
  };
}

/** The object is deleted, and what it owned stays; then it is made again. */
export function remade(path: string, object: Json, choices: Choices): Step {
  // While pods stay, upstream may make the revision of a set again that goes with them.
  const stays = object.spec.template.metadata.annotations['suite/stay'] !== undefined;
  const policy = stays ? 'Orphan' : choices.one(['Orphan', 'Orphan', 'Background', 'Foreground']);
  return {
    name: `delete ${path} ${policy} and make it again`,
    async run({ side, namespace }) {
      const of = `/apis/${object.apiVersion}/namespaces/${namespace}/`;
      await side.send('DELETE', of + path, { propagationPolicy: policy });
      for (let i = 0; i < 100 && (await side.send('GET', of + path)).status === 200; i++) {
        await setTimeout(100);
      }
      const copy = structuredClone(object);
      copy.spec.template.spec.nodeSelector = { ...copy.spec.template.spec.nodeSelector, suite: namespace };
      // What was left is orphaned by then on both sides.
      await setTimeout(1500);
      await side.send('POST', of + path.split('/')[0], copy);
    },
  };
}

/**
 * Something about a node; then the workload is touched, since upstream looks at some of it when the workload changes
 * next. Whether a pod that is evicted, and stays, is first deleted by its controller is a race.
 */
export function nodeEdit(choices: Choices, nodes: number, workload: string, stays: boolean): Step {
  const at = choices.between(1, nodes);
  const touched = String(choices.between(1, 1_000_000));
  const body = choices.often(40)
    ? { metadata: { labels: choices.one(NODE_LABELS) } }
    : { spec: choices.one(stays ? LENIENT : NODE_SPECS) };
  return {
    name: `node ${at} ${JSON.stringify(body)}`,
    async run(place) {
      const { side, namespace } = place;
      await side.send('PATCH', `/api/v1/nodes/${namespace}-n${at}`, body, MERGE);
      await setTimeout(700);
      await patched(place, `${namespace}/${workload}`, {
        metadata: { annotations: { touched } },
      });
    },
  };
}

/** So long upstream leaves the pods of a node that is gone: a look each 20 s, and 40 s of patience. */
const COLLECTED_MS = 66_000;

/** A node goes, its pods are collected, and it comes again; then the workload is touched. */
export function nodeGone(choices: Choices, nodes: number, workload: string): Step {
  const at = choices.between(1, nodes);
  return {
    name: `node ${at} goes and comes again`,
    async run(place) {
      const name = `${place.namespace}-n${at}`;
      await place.side.send('DELETE', `/api/v1/nodes/${name}`);
      await setTimeout(COLLECTED_MS);
      await touch(place, workload, 'gone');
      await setTimeout(COLLECTED_MS / 2);
      await place.kubelet.addNode(name, { [SUITE]: place.namespace });
      await setTimeout(2000);
      await touch(place, workload, 'back');
    },
  };
}
