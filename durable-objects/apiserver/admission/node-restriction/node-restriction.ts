/** Limits of a kubelet's writes to objects it may touch (upstream `plugin/pkg/admission/noderestriction`). */

import { parseRequest } from '../../../../kube/kinds/certificates/request.ts';
import { CONFIG_MIRROR, isMirrorPod } from '../../../../kube/kinds/core/static-pods.ts';
import { sameJson, semanticEqual } from '../../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { keyOf } from '../../../../kube/machinery/resource.ts';
import type { CertificateSigningRequest, Node, Pod, ResourceSlice } from '../../../../kube/types.ts';
import { commonNameOf } from '../../../../kube/x509/name.ts';
import { nodeOf } from '../../authz/node.ts';
import { notFound, quote } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { type Plugin, refuse } from '../plugin.ts';
import { mirrorPodProblem } from './mirror-pod.ts';
import { nodeToken } from './node-token.ts';

const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);

export const nodeRestriction: Plugin = {
  name: 'NodeRestriction',
  // Among the mutating ones, as upstream: before the object is validated, which would tell what another's holds.
  mutate(attributes) {
    const node = nodeOf(attributes.call.user);
    if (node === undefined) return;
    if (node === '') throw refuse(attributes, `could not determine node from user ${quote(attributes.call.user.name)}`);
    switch (attributes.call.kind.resource) {
      case 'pods':
        return pods(attributes, node);
      case 'nodes':
        return nodes(attributes, node);
      case 'persistentvolumeclaims':
        return claims(attributes, node);
      case 'leases.coordination.k8s.io':
        return leases(attributes, node);
      case 'csinodes.storage.k8s.io':
        return ownName(attributes, node, 'can only access CSINode with the same name as the requesting node');
      case 'resourceslices.resource.k8s.io':
        return slices(attributes, node);
      case 'certificatesigningrequests.certificates.k8s.io':
        return certificateRequests(attributes, node);
      case 'serviceaccounts':
        return nodeToken(attributes, node);
    }
  },
};

function pods(attributes: Attributes, node: string): void {
  const { operation, subresource, object, oldObject: old } = attributes;
  const pod = (operation === 'DELETE' || subresource !== '' ? old : object) as unknown as Pod | undefined;
  const bound = pod?.spec?.nodeName;
  if (subresource === 'status') {
    if (bound !== node) {
      throw refuse(attributes, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
    }
    if (!sameJson(object?.metadata.labels ?? {}, old?.metadata.labels ?? {})) {
      throw refuse(attributes, `node "${node}" cannot update labels through pod status`);
    }
    checkClaimStatuses(attributes, node);
    return;
  }
  if (subresource === 'eviction') {
    if (nodeOfPod(attributes) !== node)
      throw refuse(attributes, `node ${node} can only evict pods with spec.nodeName set to itself`);
    return;
  }
  if (subresource !== '') {
    const allowed = "only 'status' and 'eviction' are allowed";
    throw refuse(attributes, `unexpected pod subresource "${subresource}", ${allowed}`);
  }
  if (operation === 'DELETE') {
    if (bound !== node) {
      throw refuse(attributes, `node "${node}" can only delete pods with spec.nodeName set to itself`);
    }
    return;
  }
  if (operation !== 'CREATE') {
    const only = 'can only create and delete mirror pods';
    throw refuse(attributes, `unexpected operation "${operation}", node "${node}" ${only}`);
  }
  if (!pod || !isMirrorPod(pod)) {
    throw refuse(
      attributes,
      `pod does not have "${CONFIG_MIRROR}" annotation, node "${node}" can only create mirror pods`,
    );
  }
  if (bound !== node) {
    throw refuse(attributes, `node "${node}" can only create pods with spec.nodeName set to itself`);
  }
  const problem = mirrorPodProblem(pod, node, uidOf(attributes, node));
  if (problem) throw refuse(attributes, problem);
}

/** The claims that are made for a pod are others' to name. */
function checkClaimStatuses(attributes: Attributes, node: string): void {
  const { object, oldObject } = attributes;
  const [next, old] = [object, oldObject].map((pod) => (pod as unknown as Pod | undefined)?.status);
  const names = (status: Pod['status']) =>
    (status?.resourceClaimStatuses ?? []).map(({ name, resourceClaimName }) => [name, resourceClaimName ?? null]);
  if (!sameJson(names(next), names(old))) {
    throw refuse(attributes, `node "${node}" cannot update resource claim statues`);
  }
  if (!sameJson(next?.extendedResourceClaimStatus, old?.extendedResourceClaimStatus)) {
    throw refuse(attributes, `node "${node}" cannot update extended resource claim status`);
  }
}

/** The node of the pod that an eviction names: the object of the request is no pod. */
function nodeOfPod({ reader, namespace, name }: Attributes): string | undefined {
  const stored = reader.get(keyOf('pods', namespace, name));
  if (!stored) throw notFound('pods', name);
  return (JSON.parse(stored.text) as Pod).spec?.nodeName;
}

function uidOf({ reader }: Attributes, node: string): string | undefined {
  const stored = reader.get(keyOf('nodes', '', node));
  return stored && (JSON.parse(stored.text) as Node).metadata.uid;
}

function nodes(attributes: Attributes, node: string): void {
  const { operation, name, object, oldObject: old } = attributes;
  const requested = name || object?.metadata.name || '';
  if (requested !== node) throw refuse(attributes, `node "${node}" is not allowed to modify node "${requested}"`);
  if (operation === 'CREATE') {
    if ((object as unknown as Node).spec?.configSource) {
      throw refuse(attributes, `node "${node}" is not allowed to create pods with a non-nil configSource`);
    }
    const labels = Object.keys(object?.metadata.labels ?? {}).filter(isForbiddenLabel);
    if (labels.length > 0) {
      throw refuse(
        attributes,
        `node "${node}" is not allowed to set the following labels: ${labels.sort().join(', ')}`,
      );
    }
    return;
  }
  if (operation !== 'UPDATE') return;
  const [next, before] = [object as unknown as Node, old as unknown as Node];
  const source = next.spec?.configSource;
  if (source && !sameJson(source, before.spec?.configSource)) {
    throw refuse(attributes, `node "${node}" is not allowed to update configSource to a new non-nil configSource`);
  }
  if (!sameJson(next.spec?.taints ?? [], before.spec?.taints ?? [])) {
    throw refuse(attributes, `node "${node}" is not allowed to modify taints`);
  }
  if (!sameJson(next.metadata.ownerReferences ?? [], before.metadata.ownerReferences ?? [])) {
    // The garbage collector would do for the kubelet things that it may not do itself.
    throw refuse(attributes, `node "${node}" is not allowed to modify ownerReferences`);
  }
  const changed = changedKeys(next.metadata.labels ?? {}, before.metadata.labels ?? {}).filter(isForbiddenLabel);
  if (changed.length > 0) {
    throw refuse(attributes, `is not allowed to modify labels: ${changed.join(', ')}`);
  }
}

/** A kubelet reports the size of a claim's volume; a finalizer or an owner would be another's to set. */
function claims(attributes: Attributes, node: string): void {
  const { operation, subresource, object, oldObject: old, call } = attributes;
  if (subresource !== 'status') throw refuse(attributes, 'may only update PVC status');
  if (operation !== 'UPDATE') throw refuse(attributes, `unexpected operation "${operation}"`);
  if (!semanticEqual(call.kind.schema, withoutReport(object), withoutReport(old))) {
    throw refuse(
      attributes,
      `node "${node}" is not allowed to update fields other than status.quantity and status.conditions`,
    );
  }
}

/** The claim without the fields that are its kubelet's. */
function withoutReport(claim: KubeObject | undefined): unknown {
  const { resourceVersion: _, managedFields: __, ...metadata } = claim?.metadata ?? {};
  const { capacity, conditions, allocatedResources, allocatedResourceStatuses, ...status } = (claim?.status ??
    {}) as Record<string, unknown>;
  return { ...claim, metadata, status };
}

function leases(attributes: Attributes, node: string): void {
  if (attributes.namespace !== 'kube-node-lease') {
    throw refuse(attributes, 'can only access leases in the "kube-node-lease" system namespace');
  }
  ownName(attributes, node, 'can only access node lease with the same name as the requesting node');
}

/** Deletes of a collection are checked one by one. */
function slices(attributes: Attributes, node: string): void {
  const { operation, object, oldObject } = attributes;
  if (operation !== 'CREATE' && operation !== 'DELETE') return;
  const slice = (operation === 'CREATE' ? object : oldObject) as unknown as ResourceSlice | undefined;
  if (slice?.spec?.nodeName === node) return;
  const doing = operation.toLowerCase();
  throw refuse(attributes, `can only ${doing} ResourceSlice with the same NodeName as the requesting node`);
}

const NODE_SIGNERS: ReadonlySet<string> = new Set([
  'kubernetes.io/kubelet-serving',
  'kubernetes.io/kube-apiserver-client-kubelet',
]);

/** A kubelet asks for certificates of its own name. */
function certificateRequests(attributes: Attributes, node: string): void {
  if (attributes.operation !== 'CREATE') return;
  const { spec } = attributes.object as unknown as CertificateSigningRequest;
  if (!NODE_SIGNERS.has(spec?.signerName ?? '')) return;
  let name: string | undefined;
  try {
    name = commonNameOf(parseRequest(spec?.request).subject);
  } catch (error) {
    throw refuse(attributes, `unable to parse csr: ${(error as Error).message}`);
  }
  if (name !== `system:node:${node}`)
    throw refuse(attributes, `can only create a node CSR with CN=system:node:${node}`);
}

/** The path of a create has no name, so authorisation could not see it. */
function ownName(attributes: Attributes, node: string, why: string): void {
  const { name, object } = attributes;
  if ((name || object?.metadata.name || '') !== node) throw refuse(attributes, why);
}

/** `kubernetes.io` and `k8s.io` labels are an operator's, but for those a kubelet is known to set. */
function isForbiddenLabel(key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  const under = (domain: string): boolean => prefix === domain || prefix.endsWith(`.${domain}`);
  // Labels of islet.dev say which nodes are simulated.
  if (under('node-restriction.kubernetes.io') || under('islet.dev')) return true;
  if (!under('kubernetes.io') && !under('k8s.io')) return false;
  return !KUBELET_LABELS.has(key) && !under('kubelet.kubernetes.io') && !under('node.kubernetes.io');
}

function changedKeys(a: Record<string, string>, b: Record<string, string>): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((key) => a[key] !== b[key]).sort();
}
