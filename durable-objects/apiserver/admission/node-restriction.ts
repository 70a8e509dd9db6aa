/** What a kubelet may write into what it may touch (upstream `plugin/pkg/admission/noderestriction`). */

import { sameJson } from '../../../kube/machinery/equality.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Lease, Node, Pod } from '../../../kube/types.ts';
import { nodeOf } from '../authz/node.ts';
import { mirrorPodProblem } from './mirror-pod.ts';
import { type Admission, type Plugin, refuse } from './plugin.ts';

const MIRROR = 'kubernetes.io/config.mirror';
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
  validate(admission) {
    const node = nodeOf(admission.call.user);
    if (node === undefined) return;
    switch (admission.call.kind.resource) {
      case 'pods':
        return pods(admission, node);
      case 'nodes':
        return nodes(admission, node);
      case 'leases.coordination.k8s.io':
        return leases(admission, node);
    }
  },
};

function pods(admission: Admission, node: string): void {
  const { operation, subresource, object, old } = admission;
  const pod = (operation === 'DELETE' || subresource !== '' ? old : object) as unknown as Pod | undefined;
  const bound = pod?.spec?.nodeName;
  if (subresource === 'status') {
    if (bound !== node) {
      throw refuse(admission, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
    }
    if (!sameJson(object?.metadata.labels ?? {}, old?.metadata.labels ?? {})) {
      throw refuse(admission, `node "${node}" cannot update labels through pod status`);
    }
    return;
  }
  if (subresource === 'eviction') {
    if (bound !== node) throw refuse(admission, `node ${node} can only evict pods with spec.nodeName set to itself`);
    return;
  }
  if (operation === 'DELETE') {
    if (bound !== node) {
      throw refuse(admission, `node "${node}" can only delete pods with spec.nodeName set to itself`);
    }
    return;
  }
  if (operation !== 'CREATE' || subresource !== '') throw refuse(admission, `unexpected operation "${operation}"`);
  if (pod?.metadata.annotations?.[MIRROR] === undefined) {
    throw refuse(admission, `pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`);
  }
  if (bound !== node) {
    throw refuse(admission, `node "${node}" can only create pods with spec.nodeName set to itself`);
  }
  const problem = mirrorPodProblem(pod, node, uidOf(admission, node));
  if (problem) throw refuse(admission, problem);
}

function uidOf({ reader }: Admission, node: string): string | undefined {
  const stored = reader.get(keyOf('nodes', '', node));
  return stored && (JSON.parse(stored.text) as Node).metadata.uid;
}

function nodes(admission: Admission, node: string): void {
  const { operation, name, object, old } = admission;
  const requested = name || object?.metadata.name || '';
  if (requested !== node) throw refuse(admission, `node "${node}" is not allowed to modify node "${requested}"`);
  if (operation === 'CREATE') {
    const labels = Object.keys(object?.metadata.labels ?? {}).filter(isForbiddenLabel);
    if (labels.length > 0) {
      throw refuse(admission, `node "${node}" is not allowed to set the following labels: ${labels.sort().join(', ')}`);
    }
    return;
  }
  if (operation !== 'UPDATE') return;
  const [next, before] = [object as unknown as Node, old as unknown as Node];
  if (!sameJson(next.spec?.taints ?? [], before.spec?.taints ?? [])) {
    throw refuse(admission, `node "${node}" is not allowed to modify taints`);
  }
  if (!sameJson(next.metadata.ownerReferences ?? [], before.metadata.ownerReferences ?? [])) {
    // The garbage collector would do for it what it may not do itself.
    throw refuse(admission, `node "${node}" is not allowed to modify ownerReferences`);
  }
  const changed = changedKeys(next.metadata.labels ?? {}, before.metadata.labels ?? {}).filter(isForbiddenLabel);
  if (changed.length > 0) {
    throw refuse(admission, `node "${node}" is not allowed to modify labels: ${changed.join(', ')}`);
  }
}

function leases(admission: Admission, node: string): void {
  const { namespace, name, object } = admission;
  if (namespace !== 'kube-node-lease') {
    throw refuse(admission, 'can only access leases in the "kube-node-lease" system namespace');
  }
  const requested = name || (object as unknown as Lease | undefined)?.metadata.name || '';
  if (requested !== node) {
    throw refuse(admission, 'can only access node lease with the same name as the requesting node');
  }
}

/** `kubernetes.io` and `k8s.io` labels are an operator's, but for those a kubelet is known to set. */
function isForbiddenLabel(key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  const under = (domain: string): boolean => prefix === domain || prefix.endsWith(`.${domain}`);
  // Who is simulated is the cluster's to say.
  if (under('node-restriction.kubernetes.io') || under('islet.dev')) return true;
  if (!under('kubernetes.io') && !under('k8s.io')) return false;
  return !KUBELET_LABELS.has(key) && !under('kubelet.kubernetes.io') && !under('node.kubernetes.io');
}

function changedKeys(a: Record<string, string>, b: Record<string, string>): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((key) => a[key] !== b[key]).sort();
}
