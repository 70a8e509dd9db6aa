/** service-account-controller (upstream `pkg/controller/serviceaccount`): every namespace has its `default` account. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Namespace } from '../../kube/types.ts';
import { defineController } from './runtime/controller.ts';

const NAME = 'default';

export const serviceAccountController = defineController({
  name: 'service-account-controller',
  for: 'namespaces',
  filter: ({ change, after }) => change === 'create' && !after?.deleting,
  watches: [
    {
      resource: 'serviceaccounts',
      keysOnly: true,
      concerns: ({ key }) => key.endsWith(`/${NAME}`),
      map: ({ key, change }) => (change === 'delete' ? [keyOf('namespaces', '', parseKey(key).namespace)] : []),
    },
  ],
  reconcile(key, view) {
    const { name } = parseKey(key);
    const namespace = view.get<Namespace>('namespaces', '', name);
    if (!namespace || namespace.metadata.deletionTimestamp) return { actions: [] };
    if (view.projection(keyOf('serviceaccounts', name, NAME))) return { actions: [] };
    const object: KubeObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: name } };
    return { actions: [{ do: 'create', resource: 'serviceaccounts', object, ignore: ['AlreadyExists'] }] };
  },
});
