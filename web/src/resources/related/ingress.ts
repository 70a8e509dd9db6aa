/** The Services that an Ingress leads to, its class and its certificates; and the Ingresses that lead to a Service. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Ingress } from '../../../../kube/types.ts';
import { named, type Relation, those } from './relation.ts';

function servicesOf(object: KubeObject): (string | undefined)[] {
  const { spec } = object as unknown as Ingress;
  const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  return [spec?.defaultBackend, ...paths.map(({ backend }) => backend)].map((backend) => backend?.service?.name);
}

export const ingress: readonly Relation[] = [
  {
    name: 'routesTo',
    of: ['ingresses.networking.k8s.io'],
    find: (object) => named('services', object.metadata.namespace, servicesOf(object)),
  },
  {
    name: 'uses',
    of: ['ingresses.networking.k8s.io'],
    find: (object) => {
      const { spec } = object as unknown as Ingress;
      return [
        ...named('ingressclasses.networking.k8s.io', '', [spec?.ingressClassName]),
        ...named(
          'secrets',
          object.metadata.namespace,
          (spec?.tls ?? []).map(({ secretName }) => secretName),
        ),
      ];
    },
  },
  {
    name: 'routedFrom',
    of: ['services'],
    from: 'ingresses.networking.k8s.io',
    find: those(
      'ingresses.networking.k8s.io',
      ({ metadata }, other) =>
        other.metadata.namespace === metadata.namespace && servicesOf(other).includes(metadata.name),
    ),
  },
];
