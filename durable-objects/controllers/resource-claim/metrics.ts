/** Metrics of ResourceClaims (upstream `resourceclaim/metrics`). */
import { POD_CLAIM_NAME } from '../../../kube/devices/claims.ts';
import { type Family, gauge, measure } from '../../../kube/metrics/registry.ts';
import type { ResourceClaim } from '../../../kube/types.ts';
import type { Action } from '../runtime/plan.ts';
import type { ReadPort } from '../runtime/ports.ts';
import { objects } from '../runtime/view/pages.ts';
import { CLAIMS } from './facts.ts';

const EXTENDED_RESOURCE_CLAIM = 'resource.kubernetes.io/extended-resource-claim';

/** `getAdminAccessMetricLabel` */
function adminAccess({ spec }: Pick<ResourceClaim, 'spec'>): string {
  return String(spec?.devices?.requests?.some(({ exactly }) => exactly?.adminAccess === true) ?? false);
}

export function creation(claim: Pick<ResourceClaim, 'spec'>): Action['metrics'] {
  const access = adminAccess(claim);
  return {
    done: [measure('resourceclaim_controller_creates_total', 1, access, 'success')],
    refused: [measure('resourceclaim_controller_creates_total', 1, access, 'failure')],
  };
}

export function claimGauges(read: ReadPort): Family[] {
  const counts = new Map<string, number>();
  for (const claim of objects<ResourceClaim>(read, CLAIMS)) {
    const labels = `${adminAccess(claim)} ${claim.status?.allocation !== undefined} ${sourceOf(claim)}`;
    counts.set(labels, (counts.get(labels) ?? 0) + 1);
  }
  const values = [...counts].map(([labels, count]) => {
    const [admin = '', allocated = '', source = ''] = labels.split(' ');
    return [count, admin, allocated, source] as const;
  });
  return [gauge('resourceclaim_controller_resource_claims', values)];
}

function sourceOf({ metadata: { annotations } }: ResourceClaim): string {
  if (annotations?.[EXTENDED_RESOURCE_CLAIM] === 'true') return 'extended_resource';
  return annotations?.[POD_CLAIM_NAME] ? 'resource_claim_template' : '';
}
