/**
 * Rules of kubelets: a kubelet may touch its node, its lease, the pods bound to it, and the objects these refer to
 * (upstream `plugin/pkg/auth/authorizer/node/node_authorizer.go` and the role `system:node`).
 * NodeRestriction limits its writes to them (`admission/node-restriction/`).
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import { NODES } from '../../../kube/rbac/policy/nodes.ts';
import { ruleAllows } from '../../../kube/rbac/rules.ts';
import type { PersistentVolume, Pod, ResourceSlice, VolumeAttachment } from '../../../kube/types.ts';
import type { Store, StoreReader } from '../../store/store.ts';
import { quote } from '../errors.ts';
import type { UserInfo } from '../request.ts';
import type { Attributes, Authority, Opinion } from './attributes.ts';
import { NodeGraph } from './node-graph.ts';
import { VolumeSecrets } from './volume-secrets.ts';

const READ = ['get', 'list', 'watch'];
const LEASES = 'kube-node-lease';

const RULES = NODES['system:node']?.rules ?? [];

/**
 * The node that a user speaks for, as `system:node:<name>` in the group `system:nodes`; '' for one that names none
 * (upstream `pkg/auth/nodeidentifier/default.go`).
 */
export function nodeOf(user: UserInfo): string | undefined {
  if (!user.name.startsWith('system:node:') || !user.groups.includes('system:nodes')) return undefined;
  return user.name.slice('system:node:'.length);
}

const no = (noOpinion: string): { noOpinion: string } => ({ noOpinion });

export function makeNodeAuthority(store: Store): Authority {
  const graph = new NodeGraph(store);
  const volumeSecrets = new VolumeSecrets(store);
  return (attributes) => {
    const node = nodeOf(attributes.user);
    if (node === undefined) return undefined;
    if (node === '') return no(`unknown node for user ${quote(attributes.user.name)}`);
    if (!attributes.isResource) return undefined;
    switch (attributes.group === '' ? attributes.resource : `${attributes.resource}.${attributes.group}`) {
      case 'nodes':
        return ownNode(attributes, node);
      case 'pods':
        return ownPods(attributes, node, store);
      case 'secrets':
        return secret(attributes, node, graph, volumeSecrets);
      case 'configmaps':
        return referenced(attributes, node, graph);
      case 'serviceaccounts':
        return serviceAccount(attributes, node, graph);
      case 'persistentvolumeclaims':
        return claim(attributes, node, graph);
      case 'persistentvolumes':
        return volume(attributes, node, graph, store);
      case 'volumeattachments.storage.k8s.io':
        return attachment(attributes, node, store);
      case 'leases.coordination.k8s.io':
        return ownLease(attributes, node);
      case 'csinodes.storage.k8s.io':
        return ownCsiNode(attributes, node);
      case 'resourceclaims.resource.k8s.io':
        return resourceClaim(attributes, node, graph);
      case 'resourceslices.resource.k8s.io':
        return ownSlices(attributes, node, store);
      // A feature of upstream's that is off by default.
      case 'podcertificaterequests.certificates.k8s.io':
        return undefined;
    }
    return RULES.some((rule) => ruleAllows(rule, attributes)) ? 'allow' : undefined;
  };
}

/** NodeRestriction checks the Node that it writes. */
function ownNode({ verb, name, subresource }: Attributes, node: string): Opinion {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? 'allow' : undefined;
  if (subresource !== '') return undefined;
  if (['create', 'update', 'patch'].includes(verb)) return 'allow';
  if (!READ.includes(verb)) return undefined;
  if (name === node) return 'allow';
  return no(`node '${node}' cannot ${name === '' ? 'read all nodes' : `read '${name}'`}, only its own Node object`);
}

function ownPods(attributes: Attributes, node: string, reader: StoreReader): Opinion {
  const { verb, subresource, namespace, name } = attributes;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? 'allow' : undefined;
  if (subresource === 'eviction') return verb === 'create' ? 'allow' : undefined;
  if (subresource !== '') return undefined;
  if (verb === 'create' || verb === 'delete') return 'allow';
  if (verb === 'list' || verb === 'watch') {
    if (selectsNode(attributes, node)) return 'allow';
    if (name === '') return no('can only list/watch pods with spec.nodeName field selector');
  } else if (verb !== 'get') return undefined;
  const stored = reader.get(keyOf('pods', namespace, name));
  const pod = stored && (JSON.parse(stored.text) as Pod);
  return pod?.spec?.nodeName === node ? 'allow' : noRelationship(node);
}

function referenced(attributes: Attributes, node: string, graph: NodeGraph): Opinion {
  const { verb, name, namespace, resource, subresource } = attributes;
  if (subresource !== '') return no('cannot read subresource');
  if (!READ.includes(verb)) return no('can only read resources of this type');
  // Over all namespaces a name means every object that is called so.
  if (namespace === '') return no('can only read namespaced object of this type');
  if (name === '') return no('No Object name found');
  return graph.refers(node, keyOf(resource, namespace, name)) ? 'allow' : noRelationship(node);
}

/** A pod refers to a Secret, or the volume does that its claim is bound to. */
function secret(attributes: Attributes, node: string, graph: NodeGraph, volumes: VolumeSecrets): Opinion {
  const opinion = referenced(attributes, node, graph);
  const { verb, name, namespace, subresource } = attributes;
  if (opinion === 'allow' || !READ.includes(verb) || subresource !== '' || namespace === '' || name === '')
    return opinion;
  const claims = volumes.claimsOf(keyOf('secrets', namespace, name));
  return claims.some((key) => graph.refers(node, key)) ? 'allow' : opinion;
}

function serviceAccount(attributes: Attributes, node: string, graph: NodeGraph): Opinion {
  const { verb, name, namespace, subresource } = attributes;
  if (verb === 'get' && subresource === '') return referenced(attributes, node, graph);
  if (verb !== 'create' || name === '') return no('can only create tokens for individual service accounts');
  if (subresource !== 'token') return no('can only create token subresource of serviceaccount');
  return graph.refers(node, keyOf('serviceaccounts', namespace, name)) ? 'allow' : noRelationship(node);
}

function resourceClaim({ verb, name, namespace, subresource }: Attributes, node: string, graph: NodeGraph): Opinion {
  if (verb !== 'get') return no('can only get individual resources of this type');
  if (subresource !== '') return no('cannot get subresource');
  const key = keyOf('resourceclaims.resource.k8s.io', namespace, name);
  return graph.refers(node, key) ? 'allow' : noRelationship(node);
}

/** NodeRestriction looks into what is created, and into each slice that a collection's deletion takes. */
function ownSlices(attributes: Attributes, node: string, reader: StoreReader): Opinion {
  const { verb, name, subresource } = attributes;
  if (subresource !== '') return no('cannot authorize ResourceSlice subresources');
  switch (verb) {
    case 'create':
      return 'allow';
    case 'get':
    case 'update':
    case 'patch':
    case 'delete': {
      if (name === '') return no('No Object name found');
      const stored = reader.get(keyOf('resourceslices.resource.k8s.io', '', name));
      const of = stored && (JSON.parse(stored.text) as ResourceSlice).spec?.nodeName;
      return of === node ? 'allow' : noRelationship(node);
    }
    case 'watch':
    case 'list':
    case 'deletecollection':
      if (selectsNode(attributes, node)) return 'allow';
      return no('can only list/watch/deletecollection resourceslices with nodeName field selector');
    default:
      return no(
        'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
      );
  }
}

function claim(attributes: Attributes, node: string, graph: NodeGraph): Opinion {
  const { verb, name, namespace, subresource } = attributes;
  if (subresource === 'status') {
    if (verb !== 'update' && verb !== 'patch') return no('can only get/update/patch this type');
  } else {
    if (verb !== 'get') return no('can only get individual resources of this type');
    if (subresource !== '') return no('cannot get subresource');
  }
  return graph.refers(node, keyOf('persistentvolumeclaims', namespace, name)) ? 'allow' : noRelationship(node);
}

/** A volume is related to a node by the claim that it is bound to. */
function volume(attributes: Attributes, node: string, graph: NodeGraph, reader: StoreReader): Opinion {
  const { verb, name, subresource } = attributes;
  if (verb !== 'get') return no('can only get individual resources of this type');
  if (subresource !== '') return no('cannot get subresource');
  const stored = reader.get(keyOf('persistentvolumes', '', name));
  const claimRef = stored && (JSON.parse(stored.text) as PersistentVolume).spec?.claimRef;
  if (!claimRef?.namespace || !claimRef.name) return noRelationship(node);
  const key = keyOf('persistentvolumeclaims', claimRef.namespace, claimRef.name);
  return graph.refers(node, key) ? 'allow' : noRelationship(node);
}

/** The rule for VolumeAttachments: one of a volume to the node itself may be read. */
function attachment({ verb, name, subresource }: Attributes, node: string, reader: StoreReader): Opinion {
  if (verb !== 'get') return no('can only get individual resources of this type');
  if (subresource !== '') return no('cannot get subresource');
  const stored = reader.get(keyOf('volumeattachments.storage.k8s.io', '', name));
  const to = stored && (JSON.parse(stored.text) as VolumeAttachment).spec?.nodeName;
  return to === node ? 'allow' : noRelationship(node);
}

function ownLease({ verb, namespace, name }: Attributes, node: string): Opinion {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) {
    return no('can only get, create, update, patch, or delete a node lease');
  }
  if (namespace !== LEASES) return no(`can only access leases in the "${LEASES}" system namespace`);
  // A create carries no name in its path; NodeRestriction looks into the object.
  if (verb !== 'create' && name !== node)
    return no('can only access node lease with the same name as the requesting node');
  return 'allow';
}

function ownCsiNode({ verb, name, subresource }: Attributes, node: string): Opinion {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) {
    return no('can only get, create, update, patch, or delete a CSINode');
  }
  if (subresource !== '') return no('cannot authorize CSINode subresources');
  // NodeRestriction looks into what is created.
  if (verb !== 'create' && name !== node) {
    return no('can only access CSINode with the same name as the requesting node');
  }
  return 'allow';
}

/** Whether one of the requirements of the field selector is `spec.nodeName=` this node. */
function selectsNode({ fields }: Attributes, node: string): boolean {
  return fields?.some(({ field, negated, value }) => field === 'spec.nodeName' && !negated && value === node) ?? false;
}

function noRelationship(node: string): { noOpinion: string } {
  return no(`no relationship found between node '${node}' and this object`);
}
