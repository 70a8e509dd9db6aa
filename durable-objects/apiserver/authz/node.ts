/**
 * What a kubelet may touch: its node, its lease, the pods bound to it, and what these refer to
 * (upstream `plugin/pkg/auth/authorizer/node/node_authorizer.go` and the role `system:node`).
 * What it may write into them is NodeRestriction's business (`admission/node-restriction.ts`).
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { Pod } from '../../../kube/types.ts';
import type { StoreReader } from '../../store/store.ts';
import type { UserInfo } from '../request.ts';
import { type Attributes, type Authority, type Rule, ruleAllows } from './attributes.ts';

const READ = ['get', 'list', 'watch'];
const LEASES = 'kube-node-lease';

const RULES: readonly Rule[] = [
  { verbs: ['create'], groups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
  {
    verbs: ['create'],
    groups: ['authorization.k8s.io'],
    resources: ['subjectaccessreviews', 'localsubjectaccessreviews'],
  },
  { verbs: READ, groups: [''], resources: ['services'] },
  { verbs: ['create', 'update', 'patch'], groups: ['', 'events.k8s.io'], resources: ['events'] },
  {
    verbs: ['create', 'get', 'list', 'watch'],
    groups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests'],
  },
  { verbs: READ, groups: ['node.k8s.io'], resources: ['runtimeclasses'] },
  { verbs: READ, groups: ['storage.k8s.io'], resources: ['csidrivers'] },
];

/** The node that a user speaks for, as `system:node:<name>` in the group `system:nodes`. */
export function nodeOf(user: UserInfo): string | undefined {
  if (!user.name.startsWith('system:node:') || !user.groups.includes('system:nodes')) return undefined;
  return user.name.slice('system:node:'.length) || undefined;
}

const no = (noOpinion: string): { noOpinion: string } => ({ noOpinion });

export function makeNodeAuthority(reader: StoreReader): Authority {
  return (attributes) => {
    const node = nodeOf(attributes.user);
    if (node === undefined || !attributes.isResource) return undefined;
    switch (attributes.group === '' ? attributes.resource : `${attributes.resource}.${attributes.group}`) {
      case 'nodes':
        return ownNode(attributes, node);
      case 'pods':
        return ownPods(attributes, node, reader);
      case 'secrets':
      case 'configmaps':
        return referenced(attributes, node, reader);
      case 'serviceaccounts':
        return serviceAccount(attributes, node, reader);
      case 'leases.coordination.k8s.io':
        return ownLease(attributes, node);
      case 'csinodes.storage.k8s.io':
        return attributes.name === node || attributes.verb === 'create'
          ? 'allow'
          : no('can only access CSINode with the same name as the requesting node');
    }
    return RULES.some((rule) => ruleAllows(rule, attributes)) ? 'allow' : undefined;
  };
}

function ownNode({ verb, name, subresource }: Attributes, node: string): ReturnType<Authority> {
  if (subresource === 'status') {
    if (verb !== 'update' && verb !== 'patch') return no('can only update or patch the node status');
  } else if (subresource !== '') return undefined;
  if (verb === 'create' && subresource === '') return 'allow';
  if (!['get', 'list', 'watch', 'update', 'patch', 'delete'].includes(verb)) return undefined;
  if (name === node) return 'allow';
  return no(`node '${node}' cannot ${name === '' ? 'read all nodes' : `read '${name}'`}, only its own Node object`);
}

function ownPods(attributes: Attributes, node: string, reader: StoreReader): ReturnType<Authority> {
  const { verb, subresource, namespace, name, fields } = attributes;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? 'allow' : undefined;
  if (subresource === 'eviction') return verb === 'create' ? 'allow' : undefined;
  if (subresource !== '') return undefined;
  if (verb === 'create' || verb === 'delete') return 'allow';
  if (verb === 'list' || verb === 'watch') {
    if (fields?.['spec.nodeName'] === node) return 'allow';
    if (name === '') return no('can only list/watch pods with spec.nodeName field selector');
  } else if (verb !== 'get') return undefined;
  const stored = reader.get(keyOf('pods', namespace, name));
  const pod = stored && (JSON.parse(stored.text) as Pod);
  return pod?.spec?.nodeName === node ? 'allow' : noRelationship(node);
}

function referenced(attributes: Attributes, node: string, reader: StoreReader): ReturnType<Authority> {
  const { verb, name, namespace, resource, subresource } = attributes;
  if (subresource !== '') return no('cannot read subresource');
  if (!READ.includes(verb)) return no('can only read resources of this type');
  if (name === '') return no('No Object name found');
  // Over all namespaces a name means every object that is called so.
  if (namespace === '') return no('can only read namespaced object of this type');
  const refers = resource === 'secrets' ? refersToSecret : refersToConfigMap;
  return podsOn(reader, namespace, node, (pod) => refers(pod, name)) ? 'allow' : noRelationship(node);
}

function serviceAccount(attributes: Attributes, node: string, reader: StoreReader): ReturnType<Authority> {
  const { verb, name, namespace, subresource } = attributes;
  const isToken = subresource === 'token' && verb === 'create';
  if (!isToken && !(subresource === '' && verb === 'get'))
    return no('can only create tokens for individual service accounts');
  const uses = (pod: Pod): boolean => (pod.spec?.serviceAccountName ?? 'default') === name;
  return podsOn(reader, namespace, node, uses) ? 'allow' : noRelationship(node);
}

function ownLease({ verb, namespace, name }: Attributes, node: string): ReturnType<Authority> {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) {
    return no('can only get, create, update, patch, or delete a node lease');
  }
  if (namespace !== LEASES) return no(`can only access leases in the "${LEASES}" system namespace`);
  // A create carries no name in its path; NodeRestriction looks into the object.
  if (verb !== 'create' && name !== node)
    return no('can only access node lease with the same name as the requesting node');
  return 'allow';
}

function noRelationship(node: string): { noOpinion: string } {
  return no(`no relationship found between node '${node}' and this object`);
}

/** A scan of one namespace; the text is only parsed where it names the node. */
function podsOn(reader: StoreReader, namespace: string, node: string, test: (pod: Pod) => boolean): boolean {
  const named = `"nodeName":${JSON.stringify(node)}`;
  const { items } = reader.list({ prefix: keyPrefix('pods', namespace) });
  return items.some(({ text }) => {
    if (!text.includes(named)) return false;
    const pod = JSON.parse(text) as KubeObject & Pod;
    return pod.spec?.nodeName === node && test(pod);
  });
}

type Volume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number];

function refersToSecret(pod: Pod, name: string): boolean {
  return (
    (pod.spec?.imagePullSecrets ?? []).some((ref) => ref.name === name) ||
    (pod.spec?.volumes ?? []).some((v) => v.secret?.secretName === name || inProjection(v, 'secret', name)) ||
    containers(pod).some(
      (c) =>
        (c.env ?? []).some((env) => env.valueFrom?.secretKeyRef?.name === name) ||
        (c.envFrom ?? []).some((from) => from.secretRef?.name === name),
    )
  );
}

function refersToConfigMap(pod: Pod, name: string): boolean {
  return (
    (pod.spec?.volumes ?? []).some((v) => v.configMap?.name === name || inProjection(v, 'configMap', name)) ||
    containers(pod).some(
      (c) =>
        (c.env ?? []).some((env) => env.valueFrom?.configMapKeyRef?.name === name) ||
        (c.envFrom ?? []).some((from) => from.configMapRef?.name === name),
    )
  );
}

function inProjection(volume: Volume, source: 'secret' | 'configMap', name: string): boolean {
  return (volume.projected?.sources ?? []).some((one) => one[source]?.name === name);
}

function containers(pod: Pod): NonNullable<Pod['spec']>['containers'] {
  return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
}
