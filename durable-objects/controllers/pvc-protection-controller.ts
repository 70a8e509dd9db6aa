/**
 * pvc-protection-controller (upstream `pkg/controller/volume/pvcprotection`): a claim that is deleted stays until no pod
 * that has a node refers to it, be it one that has ended.
 */
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { PersistentVolumeClaim, Pod } from '../../kube/types.ts';
import { concernsProtection, protect } from './common/protection.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import { defineIndex, defineProjection } from './runtime/view/projection.ts';

const CLAIMS = 'persistentvolumeclaims';
const FINALIZER = 'kubernetes.io/pvc-protection';

interface UsedClaims {
  readonly named: readonly string[];
  /** Claims that were made for the pod, as it asked. */
  readonly own: readonly string[];
}

/** Absent of pods without claims, and without a node: no kubelet starts those with a claim that is being deleted. */
const usedClaims = defineProjection<UsedClaims>({
  field: 'claims',
  resource: 'pods',
  compute(object) {
    const { metadata, spec } = object as unknown as Pod;
    if (!spec?.nodeName || !spec.volumes) return undefined;
    const named = spec.volumes.flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
    // The kubelet is done with such a pod, or it was deleted by force; its own finalizers may wait for the claim.
    const isShutDown = metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;
    const own = isShutDown
      ? []
      : spec.volumes.flatMap(({ name, ephemeral }) => (ephemeral ? `${metadata.name}-${name}` : []));
    return named.length + own.length > 0 ? { named, own } : undefined;
  },
});

const podsByClaim = defineIndex({
  name: 'Pods by claim',
  resource: 'pods',
  values(pod) {
    const { named = [], own = [] } = usedClaims.of(pod) ?? {};
    return [...named, ...own].map((claim) => `${pod.namespace}/${claim}`);
  },
});

export const pvcProtectionController = defineController({
  name: 'pvc-protection-controller',
  for: CLAIMS,
  filter: concernsProtection(FINALIZER),
  watches: [{ resource: 'pods', map: onReleased }],
  projections: [usedClaims],
  indexes: [podsByClaim],
  reconcile: (key, view) =>
    protect<PersistentVolumeClaim>(view, key, FINALIZER, ({ metadata }) => {
      const { namespace = '', name = '' } = metadata;
      const owner = metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
      for (const pod of view.index(podsByClaim, `${namespace}/${name}`)) {
        if (usedClaims.of(pod)?.named.includes(name) || pod.uid === owner) return true;
      }
      return false;
    }),
});

/** The claims that a pod no longer uses. */
function onReleased({ key, before, after }: ObjectChange): Key[] {
  const { named = [], own = [] } = usedClaims.of(before) ?? {};
  if (named.length + own.length === 0) return [];
  const now = usedClaims.of(after);
  const kept = after && before?.uid === after.uid ? [...(now?.named ?? []), ...(now?.own ?? [])] : [];
  const { namespace } = parseKey(key);
  return [...named, ...own].filter((name) => !kept.includes(name)).map((name) => keyOf(CLAIMS, namespace, name));
}
