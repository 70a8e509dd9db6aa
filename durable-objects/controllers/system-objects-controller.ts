/**
 * system-objects-controller (upstream `pkg/controlplane/controller/{kubernetesservice,systemnamespaces}`, which run in the
 * API server): the `kubernetes` Service and the system namespaces come back. `kubectl delete svc --all` takes the first.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../kube/machinery/resource.ts';
import { KUBERNETES_SERVICE, SYSTEM_NAMESPACES, systemNamespace } from '../../kube/system-objects.ts';
import { defineController, type Seen } from './runtime/controller.ts';

interface Kept {
  resource: 'services' | 'namespaces';
  object: KubeObject;
}

const KEPT = new Map<Key, Kept>([
  [keyOf('services', 'default', 'kubernetes'), { resource: 'services', object: KUBERNETES_SERVICE }],
  ...SYSTEM_NAMESPACES.map((name): [Key, Kept] => [
    keyOf('namespaces', '', name),
    { resource: 'namespaces', object: systemNamespace(name) },
  ]),
]);

const deleted = ({ key, change }: Seen): Key[] => (change === 'delete' && KEPT.has(key) ? [key] : []);

export const systemObjectsController = defineController({
  name: 'system-objects-controller',
  for: '*',
  watches: [
    { resource: 'services', map: deleted },
    { resource: 'namespaces', map: deleted },
  ],
  reconcile(key, view) {
    const kept = KEPT.get(key);
    if (!kept || view.projection(key)) return { actions: [] };
    const { resource, object } = kept;
    return { actions: [{ do: 'create', resource, object, ignore: ['AlreadyExists'] }] };
  },
});
