/** The interface of an admission plugin: one file, one line in `index.ts` (apiserver `pkg/admission/interfaces.go`). */
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import type { StatusCause } from '../../../kube/machinery/status.ts';
import type { Call } from '../call.ts';
import { type ApiError, forbidden } from '../errors.ts';
import type { Attributes, Operation } from './attributes.ts';

/** A plugin that decides from the store's content, inside the commit. */
export interface Plugin {
  name: string;
  /** The resources whose requests the plugin looks at; all of them when left out. */
  resources?: readonly GroupResource[];
  /** A wait, before anything is decided. Throws to refuse. */
  prepare?(attributes: Attributes): Promise<void> | undefined;
  /** May change `object`. Throws to refuse. */
  mutate?(attributes: Attributes): void;
  /** Throws to refuse. */
  validate?(attributes: Attributes): void;
}

/** A plugin that asks others (a webhook) before the commit: the write is retried when its object changed meanwhile. */
export interface RemotePlugin {
  name: string;
  /** Cheap, and called on each write: requests it leaves out cost nothing. */
  matches(call: Call, operation: Operation): boolean;
  /** May change `object`. Throws to refuse. */
  mutate?(attributes: Attributes): Promise<void>;
  /** Throws to refuse. */
  validate?(attributes: Attributes): Promise<void>;
}

/** The plugins as a request meets them. All of them may change the attributes' object, and throw to refuse. */
export interface Admission {
  /** Plugins that have to be asked before the write is committed; mostly none. */
  remotePlugins(call: Call, operations: readonly Operation[]): readonly RemotePlugin[];
  /** Waits for what a plugin wants to see first; most requests wait for nothing. */
  prepare(attributes: Attributes): Promise<void>;
  mutate(attributes: Attributes): void;
  validate(attributes: Attributes): void;
  /** As {@link mutate}, with plugins that ask others. */
  mutateWith(attributes: Attributes, remote: readonly RemotePlugin[]): Promise<void>;
  /** As {@link validate}, where a webhook may have to convert objects for it. */
  validateConverting(attributes: Attributes): Promise<void>;
  validateRemote(attributes: Attributes, remote: readonly RemotePlugin[]): Promise<void>;
  /** Refuses where the namespace has begun to end while others were asked. */
  recheck(attributes: Attributes): void;
  /**
   * All steps, for requests that commit nothing of their own: CONNECT, evictions and reviews. `check`: the kind's own
   * rules, between those that may change the object and those that judge it.
   */
  admit(attributes: Attributes, check?: () => void): Promise<void>;
}

/** `admission.NewForbidden` */
export function refuse(
  { call, name, object, isNamed = true }: Pick<Attributes, 'call' | 'name' | 'object'> & { isNamed?: boolean },
  why: string,
  causes?: StatusCause[],
): ApiError {
  const shown = name || (isNamed && object?.metadata?.name) || object?.metadata?.generateName || 'Unknown';
  return forbidden(call.kind.resource, shown, why, causes);
}
