/** Projections of pods with ResourceClaims, and of claims that were made for pods. */
import { claimName, isPodDone, POD_CLAIM_NAME } from '../../../kube/devices/claims.ts';
import type { Pod } from '../../../kube/types.ts';
import { defineIndex, defineProjection } from '../runtime/view/projection.ts';

export const CLAIMS = 'resourceclaims.resource.k8s.io';
export const TEMPLATES = 'resourceclaimtemplates.resource.k8s.io';

export interface PodClaims {
  /** Of the claims that exist, or should. */
  readonly names: readonly string[];
  readonly templates: readonly string[];
  /** The claim that stands for its extended resources. */
  readonly extended?: string;
  readonly isAssigned: boolean;
  readonly isDone: boolean;
  /** Its status does not tell yet which claims were made of templates. */
  readonly isUntold: boolean;
}

/** Absent of pods without claims. */
export const podClaims = defineProjection<PodClaims>({
  field: 'resourceClaims',
  resource: 'pods',
  compute(object, intern) {
    const pod = object as unknown as Pod;
    const claims = pod.spec?.resourceClaims ?? [];
    const extended = pod.status?.extendedResourceClaimStatus?.resourceClaimName;
    if (claims.length === 0 && extended === undefined) return undefined;
    const names = claims.map((claim) => claimName(pod, claim));
    return {
      names: names.flatMap((name) => ('error' in name ? [] : (name.name ?? []))),
      templates: intern.value(claims.flatMap(({ resourceClaimTemplateName: template }) => template ?? [])),
      ...(extended === undefined ? {} : { extended }),
      isAssigned: Boolean(pod.spec?.nodeName),
      isDone: isPodDone(pod),
      isUntold: names.some((name) => 'error' in name),
    };
  },
});

/** The entry of the pod's claims that it was made for. */
export const podClaimName = defineProjection<string>({
  field: 'podClaimName',
  resource: CLAIMS,
  compute: ({ metadata }, intern) => {
    const name = metadata.annotations?.[POD_CLAIM_NAME];
    return name === undefined ? undefined : intern.text(name);
  },
});

export const podsByClaim = defineIndex({
  name: 'pods by ResourceClaim',
  resource: 'pods',
  values: (pod) => podClaims.of(pod)?.names.map((name) => `${pod.namespace}/${name}`) ?? [],
});

export const podsByTemplate = defineIndex({
  name: 'pods by ResourceClaimTemplate',
  resource: 'pods',
  values: (pod) => podClaims.of(pod)?.templates.map((name) => `${pod.namespace}/${name}`) ?? [],
});
