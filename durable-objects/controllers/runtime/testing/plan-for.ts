/** Objects in, Plan out. */
import { parse } from 'yaml';
import { KindRegistry } from '../../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../../../kube/machinery/resource.ts';
import type { Controller } from '../controller.ts';
import type { Plan } from '../plan.ts';
import { ViewCache } from '../view/view-cache.ts';
import { ViewSchema } from '../view/view-schema.ts';

const PLURALS: Record<string, string> = {
  Pod: 'pods',
  Node: 'nodes',
  Namespace: 'namespaces',
  Service: 'services',
  ConfigMap: 'configmaps',
  ServiceAccount: 'serviceaccounts',
  Deployment: 'deployments.apps',
  ReplicaSet: 'replicasets.apps',
  DaemonSet: 'daemonsets.apps',
  StatefulSet: 'statefulsets.apps',
  Job: 'jobs.batch',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  ControllerRevision: 'controllerrevisions.apps',
  EndpointSlice: 'endpointslices.discovery.k8s.io',
  CertificateSigningRequest: 'certificatesigningrequests.certificates.k8s.io',
  ResourceQuota: 'resourcequotas',
  CustomResourceDefinition: 'customresourcedefinitions.apiextensions.k8s.io',
  ClusterRole: 'clusterroles.rbac.authorization.k8s.io',
};

/** YAML documents (or objects) of a cluster; uids, versions and creation times are filled in. */
function objectsOf(source: string | readonly object[]): KubeObject[] {
  const list = typeof source === 'string' ? source.split(/^---$/m).map((text) => parse(text)) : source;
  return list.map((object, index) => {
    const { metadata, ...rest } = object as KubeObject;
    const filled = {
      uid: `uid-${metadata.name}`,
      resourceVersion: String(index + 1),
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 1,
      ...metadata,
    };
    return { ...rest, metadata: filled } as KubeObject;
  });
}

export function planFor(
  controller: Controller,
  key: Key,
  source: string | readonly object[],
  now: number,
  memo?: string,
): Plan {
  const texts = new Map<Key, { key: Key; text: string; revision: number }>();
  for (const object of objectsOf(source)) {
    const { namespace = '', name = '', resourceVersion } = object.metadata;
    const id = keyOf(PLURALS[object.kind] ?? object.kind, namespace, name);
    texts.set(id, { key: id, text: JSON.stringify(object), revision: Number(resourceVersion) });
  }
  const under = (prefix: string) => [...texts.values()].filter(({ key }) => key.startsWith(prefix));
  const read = {
    revision: texts.size,
    get: (wanted: Key) => texts.get(wanted),
    list: ({ prefix }: { prefix: string }) => ({ items: under(prefix) }),
    count: (prefix: string) => under(prefix).length,
  };
  const view = new ViewCache(read, new ViewSchema([controller]), new KindRegistry());
  for (const item of texts.values()) view.put(item.key, item.revision, JSON.parse(item.text) as KubeObject);
  const decision = controller.reconcile(key, view, now, memo);
  if (!('actions' in decision)) throw new Error(`${controller.name} asks before it decides`);
  return decision;
}
