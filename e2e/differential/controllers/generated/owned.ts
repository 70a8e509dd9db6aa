/** Steps that meddle with what a workload owns: its sets, revisions and claims, and pods that it may adopt. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../../mutations.ts';
import type { Place, Step } from '../scenario.ts';
import { pod } from '../scenarios/objects.ts';
import type { Choices } from './choices.ts';
import { touch } from './edits.ts';

const MERGE = 'application/merge-patch+json';
const REVISION = 'deployment.kubernetes.io/revision';
type Plural = 'replicasets' | 'controllerrevisions' | 'persistentvolumeclaims';

function listPath({ namespace }: Place, plural: Plural): string {
  return `${plural === 'persistentvolumeclaims' ? '/api/v1' : '/apis/apps/v1'}/namespaces/${namespace}/${plural}`;
}

/** By their revisions, or by names that are the same on both sides. */
function orderOf({ revision, metadata }: Json): string {
  const number = revision ?? metadata.annotations?.[REVISION];
  return number === undefined ? metadata.name : String(number).padStart(9, '0');
}

/** The first or the last one. */
async function one(at: Place, plural: Plural, isLast: boolean): Promise<string | undefined> {
  const { items } = await at.side.must('GET', listPath(at, plural));
  const sorted = (items as Json[]).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const name = (isLast ? sorted.at(-1) : sorted[0])?.metadata.name;
  return name && `${listPath(at, plural)}/${name}`;
}

/** Then the workload is touched: no change of a revision or a claim brings upstream to look at it. */
function meddle(plural: Plural, isLast: boolean, workload: string, method: string, body: Json): Step {
  const touched = `${method} ${JSON.stringify(body)}`;
  return {
    name: `${isLast ? 'last' : 'first'} of ${plural}: ${touched}`,
    async run(at) {
      const path = await one(at, plural, isLast);
      if (path) await at.side.send(method, path, body, method === 'PATCH' ? MERGE : undefined);
      if (plural === 'replicasets') return;
      await setTimeout(700);
      await touch(at, workload, touched);
    },
  };
}

/** A pod that matches the selector. */
function stray(choices: Choices): Step {
  const name = choices.one(['stray', 'web-1', 'web-7', 'web-x']);
  const annotations = { 'suite/run': choices.one(['ready', 'unready']) };
  return {
    name: `create the pod ${name}`,
    async run({ side, namespace }) {
      const body = pod(name, { annotations }, { nodeSelector: { suite: namespace } });
      await side.send('POST', `/api/v1/namespaces/${namespace}/pods`, body);
    },
  };
}

const OWNED: Readonly<Record<string, readonly Plural[]>> = {
  Deployment: ['replicasets'],
  StatefulSet: ['controllerrevisions', 'persistentvolumeclaims'],
  DaemonSet: ['controllerrevisions'],
};

export function ownedEdit(choices: Choices, kind: string): Step {
  const plurals = OWNED[kind];
  if (!plurals || choices.often(20)) return stray(choices);
  const plural = choices.one(plurals);
  const isLast = choices.often(50);
  const workload = `${kind.toLowerCase()}s/web`;
  const edits = [
    () => meddle(plural, isLast, workload, 'DELETE', { propagationPolicy: choices.one(['Background', 'Orphan']) }),
    () => meddle(plural, isLast, workload, 'PATCH', { metadata: { labels: { app: choices.one(['other', 'web']) } } }),
    () => meddle(plural, isLast, workload, 'PATCH', { metadata: { ownerReferences: null } }),
    () =>
      meddle(plural, isLast, workload, 'PATCH', {
        metadata: { annotations: { [REVISION]: choices.one(['7', 'x', null]) } },
      }),
  ];
  if (plural === 'controllerrevisions') {
    edits.push(() => meddle(plural, isLast, workload, 'PATCH', { revision: choices.between(1, 9) }));
  }
  if (plural === 'replicasets') {
    edits.push(
      () => meddle(plural, isLast, workload, 'PATCH', { spec: { replicas: choices.between(0, 5) } }),
      () => meddle(plural, isLast, workload, 'PATCH', { spec: { minReadySeconds: choices.between(0, 2) } }),
    );
  }
  return choices.one(edits)();
}
