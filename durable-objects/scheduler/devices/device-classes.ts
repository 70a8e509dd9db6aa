/** Which class gives the devices of an extended resource (`deviceclass/extendedresourcecache`). */
import type { Class } from '../../../kube/devices/types.ts';
import { isExtendedName } from '../../../kube/kinds/core/pod-spec/resources.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { timeOf } from '../../../kube/machinery/time.ts';

export const CLASSES = 'deviceclasses.resource.k8s.io';
const PREFIX = 'deviceclass.resource.kubernetes.io/';

type Classes = ReadonlyMap<string, Class>;

const byList = new WeakMap<readonly KubeObject[], Classes>();

/** Classes by the names of resources: of several with one name, the newest counts. */
function classesByResource(classes: readonly KubeObject[]): Classes {
  const known = byList.get(classes);
  if (known) return known;
  const found = new Map<string, Class>();
  const age = ({ metadata }: Class): number => timeOf(metadata.creationTimestamp);
  const name = ({ metadata }: Class): string => metadata.name ?? '';
  for (const one of classes as unknown as readonly Class[]) {
    found.set(`${PREFIX}${name(one)}`, one);
    const resource = one.spec?.extendedResourceName;
    if (resource === undefined) continue;
    const other = found.get(resource);
    if (!other || age(one) > age(other) || (age(one) === age(other) && name(one) < name(other))) {
      found.set(resource, one);
    }
  }
  byList.set(classes, found);
  return found;
}

export function classOfResource(
  resource: string,
  { list }: { list(prefix: string): readonly KubeObject[] },
): Class | undefined {
  if (!isExtendedName(resource) && !resource.startsWith(PREFIX)) return undefined;
  return classesByResource(list(`${CLASSES}/`)).get(resource);
}
