/** Targets of actions, for tests. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { ApiResource } from '../../api/discovery.ts';
import type { Decision, Plan, Target } from './plan.ts';

const KINDS: Readonly<Record<string, Partial<ApiResource> & { kind: string }>> = {
  deployments: { group: 'apps', kind: 'Deployment', subresources: ['scale', 'status'] },
  statefulsets: { group: 'apps', kind: 'StatefulSet', subresources: ['scale', 'status'] },
  daemonsets: { group: 'apps', kind: 'DaemonSet' },
  cronjobs: { group: 'batch', kind: 'CronJob' },
  pods: { group: '', kind: 'Pod' },
  nodes: { group: '', kind: 'Node', namespaced: false },
  widgets: { group: 'example.com', kind: 'Widget' },
};

export function targetOf(plural: keyof typeof KINDS, name: string, more: object = {}, metadata: object = {}): Target {
  const given = KINDS[plural] as (typeof KINDS)[string];
  const { group = '', kind, namespaced = true, subresources = [] } = given;
  const resource: ApiResource = {
    group,
    version: 'v1',
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced,
    verbs: [],
    shortNames: [],
    categories: [],
    subresources,
  };
  const own = { name, uid: `uid-of-${name}`, ...(namespaced ? { namespace: 'shop' } : {}), ...metadata };
  return { resource, object: { apiVersion: 'v1', kind, metadata: own, ...more } as KubeObject };
}

export function planOf(decision: Decision): Plan {
  if ('refused' in decision) throw new Error(decision.refused);
  return decision;
}
