/**
 * What is known of kinds: under which resource their objects lie, whether in namespaces, and in which version they are
 * served. Built-in kinds are known from the start, others once one of their objects has been seen.
 */
import { kinds } from '../../../kube/kinds/index.ts';
import { type GroupResource, type Key, parseKey } from '../../../kube/machinery/resource.ts';
import { versionPart } from './paths.ts';

export interface KnownKind {
  readonly resource: GroupResource;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface Entry extends KnownKind {
  /** As last seen; undefined while no object was. */
  readonly apiVersion?: string;
  /** The version in which objects were seen, where it is not `v1`. */
  readonly version?: string;
}

export class KindBook {
  private readonly byKind = new Map<string, Entry>();
  private readonly byResource = new Map<GroupResource, Entry>();

  constructor() {
    for (const { group, kind, resource, scope } of kinds) {
      if (!this.byResource.has(resource)) this.add(group, { resource, kind, namespaced: scope === 'Namespaced' });
    }
  }

  /** Whether objects of a resource were seen. */
  isSeen(resource: GroupResource): boolean {
    return this.byResource.get(resource)?.apiVersion !== undefined;
  }

  /** A definition that was made anew may call its resource another kind, or put it elsewhere. */
  learn(key: Key, { apiVersion, kind }: { apiVersion: string; kind: string }): void {
    const { resource, namespace } = parseKey(key);
    const namespaced = namespace !== '';
    const known = this.byResource.get(resource);
    if (known?.apiVersion === apiVersion && known.kind === kind && known.namespaced === namespaced) return;
    const version = versionPart(apiVersion);
    this.add(groupOf(apiVersion), {
      resource,
      kind,
      namespaced,
      apiVersion,
      version: version === 'v1' ? known?.version : version,
    });
  }

  /** The kind that a reference names, in whatever version. */
  find({ apiVersion, kind }: { apiVersion: string; kind: string }): KnownKind | undefined {
    return this.byKind.get(`${groupOf(apiVersion)}/${kind}`);
  }

  versionOf(resource: GroupResource): string | undefined {
    return this.byResource.get(resource)?.version;
  }

  /** Resources in namespaces of which objects were seen. */
  *namespaced(): Iterable<GroupResource> {
    for (const { resource, namespaced, apiVersion } of this.byResource.values()) {
      if (namespaced && apiVersion !== undefined) yield resource;
    }
  }

  private add(group: string, entry: Entry): void {
    this.byKind.set(`${group}/${entry.kind}`, entry);
    this.byResource.set(entry.resource, entry);
  }
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
