/** A StatefulSet with its pods, claims and revisions, and what a Plan does of them. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { StatefulSet } from '../../../../kube/types.ts';
import type { Action, Plan } from '../../runtime/plan.ts';
import { planFor } from '../../runtime/testing/plan-for.ts';
import { statefulSetController } from '../../statefulset-controller.ts';

export const NOW = Date.parse('2026-01-01T01:00:00Z');
export const LONG_AGO = '2026-01-01T00:00:00Z';

export const template = (image = 'web:1') => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
});

export const statefulSet = (spec: object = {}, status: object = {}, metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec: {
    replicas: 3,
    serviceName: 'webs',
    selector: { matchLabels: { app: 'web' } },
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    revisionHistoryLimit: 10,
    template: template(),
    ...spec,
  },
  status: { currentRevision: 'web-present', ...status },
});

const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'uid-web', controller: true };

/** The revision of a template; `web-present` is of the one that `statefulSet()` has. */
export const revision = (hash: string, number: number, of: object = template()) => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: {
    name: `web-${hash}`,
    namespace: 'default',
    labels: { app: 'web', 'controller.kubernetes.io/hash': hash },
    ownerReferences: [owner],
  },
  data: { spec: { template: { ...of, $patch: 'replace' } } },
  revision: number,
});

interface PodOptions {
  hash?: string;
  phase?: string;
  /** When it became ready; '' of one that is not. */
  ready?: string;
  volumes?: object[];
  metadata?: object;
  labels?: object;
}

export const pod = (
  ordinal: number,
  { hash = 'present', phase = 'Running', ready = LONG_AGO, volumes, metadata, labels }: PodOptions = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `web-${ordinal}`,
    namespace: 'default',
    labels: {
      app: 'web',
      'controller-revision-hash': `web-${hash}`,
      'statefulset.kubernetes.io/pod-name': `web-${ordinal}`,
      ...labels,
    },
    ownerReferences: [owner],
    ...metadata,
  },
  spec: { nodeName: 'n1', containers: [], ...(volumes ? { volumes } : {}) },
  status: { phase, conditions: ready ? [{ type: 'Ready', status: 'True', lastTransitionTime: ready }] : [] },
});

export const plan = (...objects: object[]) =>
  planFor(statefulSetController, 'statefulsets.apps/default/web', objects, NOW);
/** With the present revision, so that pods alone change. */
export const planOf = (...objects: object[]) => plan(...objects, revision('present', 1));

/** `+web-0`: made; `-web-0`: deleted; `~web-0`: updated. Claims by their names, too. */
export function deeds({ actions }: Plan): string[] {
  return actions.flatMap(flat).flatMap((action) => {
    if (action.do === 'create') return [`+${action.object.metadata.name}`];
    if (action.do === 'delete') return [`-${action.target.name}`];
    return action.do === 'update' ? [`~${action.object.metadata.name}`] : [];
  });
}

export function made({ actions }: Plan): KubeObject[] {
  return actions.flatMap(flat).flatMap((action) => (action.do === 'create' ? [action.object] : []));
}

function flat(action: Action): readonly Action[] {
  return action.do === 'sequence' ? action.actions : [action];
}

export const statusOf = ({ apart }: Plan) =>
  (apart?.[0]?.[0] as { object: StatefulSet } | undefined)?.object.status as Record<string, unknown> | undefined;
