/** The objects that a pod needs (its node, claims, ConfigMaps, Secrets, ServiceAccount), and the pods that need one. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Pod, PodSpec } from '../../../../kube/types.ts';
import { named, type Ref, type Relation, those } from './relation.ts';

export function claimsOf(spec: PodSpec | undefined): (string | undefined)[] {
  return (spec?.volumes ?? []).map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
}

function containersOf(spec: PodSpec | undefined) {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

export function configMapsOf(spec: PodSpec | undefined): (string | undefined)[] {
  const projected = (spec?.volumes ?? []).flatMap((volume) => volume.projected?.sources ?? []);
  return [
    ...(spec?.volumes ?? []).map(({ configMap }) => configMap?.name),
    ...projected.map(({ configMap }) => configMap?.name),
    ...containersOf(spec).flatMap(({ env, envFrom }) => [
      ...(env ?? []).map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
      ...(envFrom ?? []).map(({ configMapRef }) => configMapRef?.name),
    ]),
  ];
}

export function secretsOf(spec: PodSpec | undefined): (string | undefined)[] {
  const projected = (spec?.volumes ?? []).flatMap((volume) => volume.projected?.sources ?? []);
  return [
    ...(spec?.volumes ?? []).map(({ secret }) => secret?.secretName),
    ...projected.map(({ secret }) => secret?.name),
    ...(spec?.imagePullSecrets ?? []).map(({ name }) => name),
    ...containersOf(spec).flatMap(({ env, envFrom }) => [
      ...(env ?? []).map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
      ...(envFrom ?? []).map(({ secretRef }) => secretRef?.name),
    ]),
  ];
}

const podSpec = (pod: KubeObject) => (pod as unknown as Pod).spec;

function uses({ metadata, ...pod }: KubeObject): Ref[] {
  const spec = podSpec({ metadata, ...pod } as KubeObject);
  const { namespace } = metadata;
  return [
    ...named('persistentvolumeclaims', namespace, claimsOf(spec)),
    ...named('configmaps', namespace, configMapsOf(spec)),
    ...named('secrets', namespace, secretsOf(spec)),
    ...named('serviceaccounts', namespace, [spec?.serviceAccountName]),
    ...named('priorityclasses.scheduling.k8s.io', '', [spec?.priorityClassName]),
  ];
}

const usedBy = (resource: string, namesIn: (spec: PodSpec | undefined) => (string | undefined)[]): Relation => ({
  name: 'usedBy',
  of: [resource],
  from: 'pods',
  find: those(
    'pods',
    ({ metadata }, pod) =>
      metadata.namespace === pod.metadata.namespace && namesIn(podSpec(pod)).includes(metadata.name),
  ),
});

export const podUses: readonly Relation[] = [
  { name: 'runsOn', of: ['pods'], find: (pod) => named('nodes', '', [podSpec(pod)?.nodeName]) },
  { name: 'uses', of: ['pods'], find: uses },
  {
    name: 'runs',
    of: ['nodes'],
    from: 'pods',
    find: those('pods', ({ metadata }, pod) => podSpec(pod)?.nodeName === metadata.name),
  },
  usedBy('persistentvolumeclaims', claimsOf),
  usedBy('configmaps', configMapsOf),
  usedBy('secrets', secretsOf),
  usedBy('serviceaccounts', (spec) => [spec?.serviceAccountName]),
];
