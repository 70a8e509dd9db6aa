/**
 * The kinds that one cluster serves: the built-in ones, which all clusters share, and after them those that are defined
 * while it runs (CustomResourceDefinitions). Every look-up of a kind asks this, and nothing is allocated for one.
 *
 * A built-in group belongs to kube-apiserver as a whole: it answers for every path below the group before the server
 * of definitions is asked (apiserver `pkg/server/handler.go`), so a definition cannot add to `coordination.k8s.io` even
 * under a version of its own. Here its objects would also lie among the built-in ones.
 */
import { parseExact } from '../machinery/exact-json.ts';
import type { KubeObject } from '../machinery/object.ts';
import type { GroupResource } from '../machinery/resource.ts';
import { type ConversionAnswers, convertedBy } from './custom/conversion-webhook.ts';
import type { KindDescriptor, StoredAs } from './define.ts';
import { kinds as builtInKinds } from './index.ts';

/** A kind under one of its versions, and where its objects are kept. */
export interface ServedKind {
  readonly kind: KindDescriptor;
  /** The resource under which it is stored: `events` for `events.events.k8s.io` too. */
  readonly storage: GroupResource;
  /** Between this version and the stored one, where they differ. */
  readonly conversion?: StoredAs;
  /** Its definition is being removed: objects can be read and deleted, and none are created. */
  readonly terminating?: boolean;
}

/** The text of a stored object in the version that is asked for. */
export function ownText(conversion: StoredAs | undefined, text: string, answers?: ConversionAnswers): string {
  if (!conversion || conversion.isCurrent?.(text)) return text;
  return JSON.stringify(ownObject(conversion, text, answers));
}

/** The text that clients see of an object in the kind's own version. */
export function shownText(kind: Pick<KindDescriptor, 'shownText'>, text: string): string {
  return kind.shownText ? kind.shownText(text) : text;
}

/** The object of a stored text in that version: a private copy. */
export function ownObject(conversion: StoredAs | undefined, text: string, answers?: ConversionAnswers): KubeObject {
  const object = parseExact(text) as KubeObject;
  if (!conversion || conversion.isCurrent?.(text)) return object;
  return conversion.takeStored ? conversion.takeStored(object, answers) : conversion.fromStored(object, answers);
}

type Version = Pick<ServedKind, 'kind' | 'conversion'>;

/** An object of one version of a kind in another one. */
export function inVersion(object: KubeObject, from: Version, to: Version, answers?: ConversionAnswers): KubeObject {
  const remote = to.conversion?.remote;
  if (remote) {
    const converted = convertedBy(remote.webhook, object, to.kind.apiVersion, answers);
    return converted === object ? object : remote.finish(converted);
  }
  const stored = from.conversion ? from.conversion.toStored(object) : object;
  return to.conversion ? to.conversion.fromStored(stored) : stored;
}

/** The registry as its readers see it: without the means to change it. */
export interface Kinds {
  /** All of them in the order of discovery; another array after each change. */
  readonly kinds: readonly KindDescriptor[];
  /** The kinds that were defined while the cluster runs; the same array until one changes. */
  readonly customKinds: readonly KindDescriptor[];
  findResource(group: string, version: string, plural: string): ServedKind | undefined;
  /** By `v1` or `apps/v1`, and kind. */
  findKind(apiVersion: string, kind: string): ServedKind | undefined;
  /** By `pods` or `deployments.apps`, in the preferred version. */
  preferred(resource: GroupResource): ServedKind | undefined;
}

type ByName = ReadonlyMap<string, ServedKind>;

class KindIndex {
  readonly kinds: readonly KindDescriptor[];
  readonly #byGroup = new Map<string, Map<string, Map<string, ServedKind>>>();
  readonly #byApiVersion = new Map<string, Map<string, ServedKind>>();
  readonly #byResource = new Map<GroupResource, ServedKind>();

  /** Preferred versions come first. */
  constructor(kinds: readonly KindDescriptor[], isTerminating: (kind: KindDescriptor) => boolean = () => false) {
    this.kinds = kinds;
    for (const kind of kinds) {
      const { group, version, apiVersion, plural, resource, storedAs } = kind;
      const served: ServedKind = {
        kind,
        storage: storedAs?.resource ?? resource,
        conversion: storedAs,
        terminating: isTerminating(kind),
      };
      inner(inner(this.#byGroup, group), version).set(plural, served);
      inner(this.#byApiVersion, apiVersion).set(kind.kind, served);
      if (!this.#byResource.has(resource)) this.#byResource.set(resource, served);
    }
  }

  hasGroup(group: string): boolean {
    return this.#byGroup.has(group);
  }

  byPlural(group: string, version: string): ByName | undefined {
    return this.#byGroup.get(group)?.get(version);
  }

  byKind(apiVersion: string): ByName | undefined {
    return this.#byApiVersion.get(apiVersion);
  }

  preferred(resource: GroupResource): ServedKind | undefined {
    return this.#byResource.get(resource);
  }
}

function inner<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let map = maps.get(key);
  if (!map) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}

const BUILT_IN = new KindIndex(builtInKinds);
export const isBuiltInGroup = (group: string): boolean => BUILT_IN.hasGroup(group);
const NO_KINDS: readonly KindDescriptor[] = [];

/** Hears of a resource whose kind was added, changed or removed, after the fact. */
export type KindListener = (resource: GroupResource) => void;

interface Definition {
  /** One descriptor a version. */
  kinds: readonly KindDescriptor[];
  terminating: boolean;
}

export class KindRegistry implements Kinds {
  /** By resource, which is the name of a CustomResourceDefinition, too. */
  readonly #definitions = new Map<GroupResource, Definition>();
  readonly #listeners: KindListener[] = [];
  #custom: KindIndex | undefined;
  #kinds = BUILT_IN.kinds;

  get kinds(): readonly KindDescriptor[] {
    return this.#kinds;
  }

  get customKinds(): readonly KindDescriptor[] {
    return this.#custom?.kinds ?? NO_KINDS;
  }

  findResource(group: string, version: string, plural: string): ServedKind | undefined {
    const source = BUILT_IN.byPlural(group, version) ?? this.#custom?.byPlural(group, version);
    return source?.get(plural);
  }

  findKind(apiVersion: string, kind: string): ServedKind | undefined {
    const source = BUILT_IN.byKind(apiVersion) ?? this.#custom?.byKind(apiVersion);
    return source?.get(kind);
  }

  preferred(resource: GroupResource): ServedKind | undefined {
    return BUILT_IN.preferred(resource) ?? this.#custom?.preferred(resource);
  }

  /** Serves a resource from now on, or serves it otherwise than before. `kinds`: one descriptor a version. */
  define(resource: GroupResource, kinds: readonly KindDescriptor[]): void {
    const stray = kinds.find((kind) => kind.resource !== resource);
    if (stray) throw new Error(`${stray.apiVersion} ${stray.kind} is no kind of ${resource}`);
    this.#definitions.set(resource, { kinds, terminating: false });
    this.#changed(resource);
  }

  /** The same for many resources at once, before anything is asked of the registry. */
  load(
    definitions: Iterable<readonly [resource: GroupResource, kinds: readonly KindDescriptor[], terminating: boolean]>,
  ): void {
    for (const [resource, kinds, terminating] of definitions) this.#definitions.set(resource, { kinds, terminating });
    this.#index();
  }

  /** Takes no new objects of a resource any more, as while its definition waits for the last of them to go. */
  terminate(resource: GroupResource): void {
    const definition = this.#definitions.get(resource);
    if (!definition || definition.terminating) return;
    this.#definitions.set(resource, { ...definition, terminating: true });
    this.#index();
  }

  /** Serves a resource no longer. Its objects are to be deleted before, or they stay in the store, out of reach. */
  remove(resource: GroupResource): void {
    if (this.#definitions.delete(resource)) this.#changed(resource);
  }

  onChange(listener: KindListener): void {
    this.#listeners.push(listener);
  }

  #changed(resource: GroupResource): void {
    this.#index();
    if (BUILT_IN.preferred(resource)) return;
    for (const listener of this.#listeners) listener(resource);
  }

  #index(): void {
    const terminating = new Set<KindDescriptor>();
    const custom: KindDescriptor[] = [];
    for (const definition of this.#definitions.values()) {
      for (const kind of definition.kinds) {
        if (BUILT_IN.hasGroup(kind.group)) continue;
        custom.push(kind);
        if (!definition.terminating) continue;
        terminating.add(kind);
        if (kind.custom) kind.custom.isTerminating = true;
      }
    }
    // Upstream lists groups by the priority of their APIService, and those of definitions by name.
    custom.sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
    this.#custom = custom.length === 0 ? undefined : new KindIndex(custom, (kind) => terminating.has(kind));
    this.#kinds = custom.length === 0 ? BUILT_IN.kinds : [...BUILT_IN.kinds, ...custom];
  }
}
