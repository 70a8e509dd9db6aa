/** A DaemonSet with its nodes, pods and revisions, and what a Plan does of them. */
import type { DaemonSet, Pod } from '../../../../kube/types.ts';
import { daemonSetController } from '../../daemonset-controller.ts';
import type { Plan } from '../../runtime/plan.ts';
import { planFor } from '../../runtime/testing/plan-for.ts';

export const NOW = Date.parse('2026-01-01T01:00:00Z');
export const LONG_AGO = '2026-01-01T00:00:00Z';

export const template = (image = 'agent:1', spec: object = {}) => ({
  metadata: { labels: { app: 'agent' } },
  spec: { containers: [{ name: 'agent', image }], ...spec },
});

export const daemonSet = (spec: object = {}, metadata: object = {}, status: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default', ...metadata },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    template: template(),
    ...spec,
  },
  status,
});

export const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'uid-agent', controller: true };

export const node = (name: string, labels: object = {}, taints: object[] = []) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: { taints },
});

/** The revision of a template; `present` is the hash of the one that `daemonSet()` has. */
export const revision = (hash: string, number: number, of: object = template(), metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: {
    name: `agent-${hash}`,
    namespace: 'default',
    labels: { app: 'agent', 'controller-revision-hash': hash },
    ownerReferences: [owner],
    ...metadata,
  },
  data: { spec: { template: { ...of, $patch: 'replace' } } },
  revision: number,
});

interface PodOptions {
  on?: string;
  hash?: string;
  phase?: string;
  ready?: string;
  metadata?: object;
}

export const pod = (
  name: string,
  { on = 'n1', hash = 'present', phase = 'Running', ready, metadata }: PodOptions = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    labels: { app: 'agent', 'controller-revision-hash': hash },
    ownerReferences: [owner],
    ...metadata,
  },
  spec: { nodeName: on, containers: [] },
  status: { phase, conditions: ready ? [{ type: 'Ready', status: 'True', lastTransitionTime: ready }] : [] },
});

export const planAt = (now: number, memo: string | undefined, ...objects: object[]) =>
  planFor(daemonSetController, 'daemonsets.apps/default/agent', objects, now, memo);
export const plan = (...objects: object[]) => planAt(NOW, undefined, ...objects);
/** With the present revision, so that pods alone change. */
export const planOf = (...objects: object[]) => plan(...objects, revision('present', 1));

/** The node of each pod that is made. */
export function created({ actions }: Plan): string[] {
  return actions.flatMap((action) => {
    if (action.do !== 'create' || action.resource !== 'pods') return [];
    const terms = (action.object as unknown as Pod).spec?.affinity?.nodeAffinity
      ?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    return terms?.[0]?.matchFields?.[0]?.values ?? [];
  });
}

export const deleted = ({ actions }: Plan) =>
  actions.flatMap((action) =>
    action.do === 'delete' && action.target.resource === 'pods' ? [action.target.name] : [],
  );
export const statusOf = ({ apart }: Plan) =>
  (apart?.[0]?.[0] as { object: DaemonSet } | undefined)?.object.status as Record<string, number> | undefined;
export const events = ({ actions }: Plan) => actions.flatMap((action) => (action.do === 'event' ? [action.event] : []));
