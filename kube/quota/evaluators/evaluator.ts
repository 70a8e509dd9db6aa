/** The measure of one resource's objects against quotas (apiserver `pkg/quota/v1/interfaces.go`). */
import type { KubeObject } from '../../machinery/object.ts';
import type { Usage } from '../usage.ts';

/** A scope of a quota as a selector (`ScopedResourceSelectorRequirement`). */
export interface ScopeRequirement {
  scopeName: string;
  operator: string;
  values?: readonly string[];
}

/** A create or an update that may need quota. */
export interface QuotaRequest {
  operation: 'CREATE' | 'UPDATE';
  subresource: string;
  object: KubeObject;
  /** The stored object, of an update. */
  old?: KubeObject;
}

export interface Evaluator {
  /** Every object counts alike, so an update changes nothing, and objects need not be read. */
  readonly isCount: boolean;
  /** Whether objects count toward a resource of that name. */
  matches(name: string): boolean;
  /** `now`, in milliseconds since the epoch, counts only where it is given. */
  usage(object: KubeObject, now?: number): Usage;
  /** Whether time alone has freed what the object used. */
  isOver?(object: KubeObject, now: number): boolean;
  /** An object without scopes matches none. */
  matchesScope(scope: ScopeRequirement, object: KubeObject): boolean;
  /** The reason why the object cannot be measured against the names that a quota has. */
  unmet?(required: readonly string[], object: KubeObject): string | undefined;
  /** Whether the request is held against the quota; what it changes is counted in any case. */
  handles(request: QuotaRequest): boolean;
}

/** `ScopedResourceSelectorRequirementsAsSelector`, on the one value that an object has, if any. */
export function selects({ operator, values = [] }: ScopeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
