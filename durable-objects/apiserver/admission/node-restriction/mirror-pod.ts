/**
 * The rules of mirror pods, which a kubelet makes of static ones: owned by its node, and without references. A kubelet
 * may read what its pods refer to, so a reference of its own would let it read anything
 * (upstream `plugin/pkg/admission/noderestriction` admitPodCreate).
 */
import { apiReference } from '../../../../kube/kinds/core/pod-spec/api-references.ts';
import type { Pod } from '../../../../kube/types.ts';

/** The reason to refuse it; undefined for a good one. `uid` is the node's, where the node exists. */
export function mirrorPodProblem({ metadata, spec }: Pod, node: string, uid: string | undefined): string | undefined {
  const owners = metadata.ownerReferences ?? [];
  if (owners.length > 1) return `node "${node}" can only create pods with a single owner reference set to itself`;
  const [owner] = owners;
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return `node "${node}" can only create pods with an owner reference set to itself`;
  }
  if (!owner.controller) return `node "${node}" can only create pods with a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion) return `node "${node}" must not set blockOwnerDeletion on an owner reference`;
  if (uid === undefined) return `node "${node}" not found`;
  if (owner.uid !== uid) return `node ${node} UID mismatch: expected ${uid} got ${owner.uid}`;
  const reference = spec && apiReference(spec);
  return reference && `node "${node}" can not create pods that reference ${reference}`;
}
