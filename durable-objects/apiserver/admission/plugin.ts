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

/** `admission.NewForbidden` */
export function refuse(
  { call, name, object }: Pick<Attributes, 'call' | 'name' | 'object'>,
  why: string,
  causes?: StatusCause[],
): ApiError {
  const shown = name || object?.metadata?.name || object?.metadata?.generateName || '';
  return forbidden(call.kind.resource, shown, why, causes);
}
