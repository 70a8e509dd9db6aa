/** The binder's projections and indexes of volumes, claims and pods. */
import { accessModesText } from '../../../kube/kinds/columns/volumes.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../../kube/types.ts';
import { BIND_COMPLETED, SELECTED_NODE } from '../../../kube/volumes/annotations.ts';
import { claimClass } from '../../../kube/volumes/classes.ts';
import { type VolumeFacts, volumeFacts } from '../../../kube/volumes/matching.ts';
import { defineIndex, defineProjection } from '../runtime/view/projection.ts';

export const VOLUMES = 'persistentvolumes';
export const CLAIMS = 'persistentvolumeclaims';
export const CLASSES = 'storageclasses.storage.k8s.io';

export interface BindableVolume extends Omit<VolumeFacts, 'nodeTerms'> {
  /** `RWO,ROX` */
  modes: string;
}

export const bindableVolume = defineProjection<BindableVolume>({
  field: 'volume',
  resource: VOLUMES,
  compute(object, intern) {
    const { nodeTerms: _, ...facts } = volumeFacts(object as unknown as PersistentVolume);
    return {
      ...facts,
      class: intern.text(facts.class),
      accessModes: intern.value(facts.accessModes),
      modes: intern.text(accessModesText(facts.accessModes)),
    };
  },
});

interface ClaimFacts {
  class: string;
  /** '' for none. */
  volume: string;
  isBound: boolean;
  selectedNode?: string;
}

export const claimFacts = defineProjection<ClaimFacts>({
  field: 'binding',
  resource: CLAIMS,
  compute(object, intern) {
    const claim = object as unknown as PersistentVolumeClaim;
    const { annotations } = claim.metadata;
    const selectedNode = annotations?.[SELECTED_NODE];
    return {
      class: intern.text(claimClass(claim)),
      volume: claim.spec?.volumeName ?? '',
      isBound: annotations?.[BIND_COMPLETED] !== undefined,
      ...(selectedNode === undefined ? {} : { selectedNode }),
    };
  },
});

/** The claims of a pod that has not ended; absent where it has none. */
interface PodClaims {
  names: readonly string[];
  /** Those of them that were to be made for the pod; absent for none. */
  own?: readonly string[];
  isScheduled: boolean;
}

type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

const isRunning = ({ state }: Status): boolean => !state?.terminated && !state?.waiting;

/** `util.IsPodTerminated` */
function isTerminated({ metadata, status = {} }: Pod): boolean {
  if (status.phase === 'Failed' || status.phase === 'Succeeded') return true;
  if (!metadata.deletionTimestamp) return false;
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = status;
  return ![...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].some(isRunning);
}

export const podClaims = defineProjection<PodClaims>({
  field: 'volumeClaims',
  resource: 'pods',
  compute(object) {
    const pod = object as unknown as Pod;
    const { metadata, spec } = pod;
    const ownName = ({ name, ephemeral }: Volume): string | never[] => (ephemeral ? `${metadata.name}-${name}` : []);
    const { volumes = [], nodeName } = spec ?? {};
    const names = volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? ownName(volume));
    if (names.length === 0 || isTerminated(pod)) return undefined;
    const own = volumes.flatMap(ownName);
    return { names, ...(own.length > 0 ? { own } : {}), isScheduled: !!nodeName };
  },
});

/** Volumes that are free under their class, all others under the claim that they are kept for. */
export const volumesByUse = defineIndex({
  name: 'Volumes by use',
  resource: VOLUMES,
  values(projection) {
    const facts = bindableVolume.of(projection);
    if (!facts) return [];
    if (facts.claim) return [ofClaim(facts.claim.namespace, facts.claim.name)];
    return facts.phase === 'Available' && !facts.isDeleting ? [ofClass(facts.class)] : [];
  },
});

/** Claims under the volume that they name, those without one under their class. */
export const claimsByWant = defineIndex({
  name: 'Claims by want',
  resource: CLAIMS,
  values(projection) {
    const facts = claimFacts.of(projection);
    if (!facts) return [];
    if (facts.volume !== '') return [ofVolume(facts.volume)];
    return facts.isBound ? [] : [ofClass(facts.class)];
  },
});

export const podsByClaim = defineIndex({
  name: 'Running pods by claim',
  resource: 'pods',
  values: (pod) => podClaims.of(pod)?.names.map((name) => ofClaim(pod.namespace, name)) ?? [],
});

export const ofClaim = (namespace: string, name: string): string => `claim ${namespace}/${name}`;
export const ofClass = (name: string): string => `class ${name}`;
export const ofVolume = (name: string): string => `volume ${name}`;
