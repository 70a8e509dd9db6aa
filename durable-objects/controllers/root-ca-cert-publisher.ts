/**
 * root-ca-cert-publisher (upstream `pkg/controller/certificates/rootcacertpublisher`): `kube-root-ca.crt` everywhere.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { ConfigMap, Namespace } from '../../kube/types.ts';
import { type Controller, defineController } from './runtime/controller.ts';

const NAME = 'kube-root-ca.crt';
const DESCRIPTION = 'kubernetes.io/description';
const DESCRIPTION_TEXT =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** `rootCA` is PEM text. */
export function rootCACertPublisher(rootCA: string): Controller {
  return defineController({
    name: 'root-ca-cert-publisher',
    for: 'namespaces',
    settings: rootCA,
    filter: ({ change, after }) => change === 'create' && !after?.deleting,
    watches: [
      {
        resource: 'configmaps',
        keysOnly: true,
        concerns: ({ key }) => key.endsWith(`/${NAME}`),
        map: ({ key }) => [keyOf('namespaces', '', parseKey(key).namespace)],
      },
    ],
    reconcile(key, view) {
      const { name } = parseKey(key);
      const namespace = view.get<Namespace>('namespaces', '', name);
      if (!namespace || namespace.metadata.deletionTimestamp) return { actions: [] };
      const present = view.get<ConfigMap>('configmaps', name, NAME);
      const data = { 'ca.crt': rootCA };
      const annotations = { [DESCRIPTION]: DESCRIPTION_TEXT };
      if (!present) {
        const metadata = { name: NAME, namespace: name, annotations };
        const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
        return { actions: [{ do: 'create', resource: 'configmaps', object, ignore: ['AlreadyExists'] }] };
      }
      const isGood =
        Object.keys(present.data ?? {}).length === 1 &&
        present.data?.['ca.crt'] === rootCA &&
        (present.metadata.annotations?.[DESCRIPTION] ?? '') !== '';
      if (isGood) return { actions: [] };
      const metadata = { ...present.metadata, annotations: { ...present.metadata.annotations, ...annotations } };
      const object = { ...present, metadata, data } as unknown as KubeObject;
      return { actions: [{ do: 'update', resource: 'configmaps', object }] };
    },
  });
}
