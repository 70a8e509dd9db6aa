/** APIs of other servers, which may keep content in a namespace. */
import { availableCondition, isServedHere } from '../../../kube/kinds/apiregistration/conditions.ts';
import { API_SERVICES } from '../../../kube/kinds/apiregistration/local.ts';
import type { RemoteVersion } from '../../../kube/machinery/discovery/remote.ts';
import type { APIService } from '../../../kube/types.ts';
import { defineProjection } from '../runtime/view/projection.ts';

/** Of an APIService of another server: its group version, and whether it is available. */
export const remoteApi = defineProjection<{ version: string; isAvailable: boolean }>({
  field: 'remoteApi',
  resource: API_SERVICES,
  compute: (object) => {
    const service = object as unknown as APIService;
    if (isServedHere(service)) return undefined;
    const isAvailable = availableCondition(service)?.status === 'True';
    return { version: `${service.spec?.group}/${service.spec?.version}`, isAvailable };
  },
});

/** The group versions that are not available, sorted as upstream prints them. */
export function unavailableVersions(versions: readonly RemoteVersion[]): string[] {
  return versions.flatMap(({ group, version, isCurrent }) => (isCurrent ? [] : [`${group}/${version}`])).sort();
}
