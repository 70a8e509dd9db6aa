/** The descriptor that serves a request's group, version and resource. */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { kinds } from '../../../kube/kinds/index.ts';
import type { Registered } from '../server.ts';

const byPath = new Map<string, Registered>();
const byApiVersionAndKind = new Map<string, Registered>();

for (const kind of kinds) {
  const registered: Registered = {
    kind,
    storage: kind.storedAs?.resource ?? kind.resource,
    conversion: kind.storedAs,
  };
  byPath.set(pathOf(kind), registered);
  byApiVersionAndKind.set(`${kind.apiVersion}/${kind.kind}`, registered);
}

function pathOf({ group, version, plural }: Pick<KindDescriptor, 'group' | 'version' | 'plural'>): string {
  return `${group}/${version}/${plural}`;
}

export function findResource(group: string, version: string, resource: string): Registered | undefined {
  return byPath.get(`${group}/${version}/${resource}`);
}

export function findKind(apiVersion: string, kind: string): Registered | undefined {
  return byApiVersionAndKind.get(`${apiVersion}/${kind}`);
}
