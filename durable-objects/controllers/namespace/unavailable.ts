/** APIs of other servers that cannot be asked for what they keep in a namespace. */
import { availableCondition, isServedHere } from '../../../kube/kinds/apiregistration/conditions.ts';
import { API_SERVICES } from '../../../kube/kinds/apiregistration/local.ts';
import type { APIService } from '../../../kube/types.ts';
import { defineProjection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';

/** The group version of an APIService of another server, while that is not available. */
export const unavailable = defineProjection<string>({
  field: 'unavailableVersion',
  resource: API_SERVICES,
  compute: (object) => {
    const service = object as unknown as APIService;
    if (isServedHere(service) || availableCondition(service)?.status === 'True') return undefined;
    return `${service.spec?.group}/${service.spec?.version}`;
  },
});

/** The group versions that are not available, sorted as upstream prints them. */
export function unavailableVersions(view: View): string[] {
  return [...view.projections(API_SERVICES, '')].flatMap((projection) => unavailable.of(projection) ?? []).sort();
}
