/** The plan of an action: requests, and the kubectl line that does the same. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type ApiResource, pathOf } from '../../api/discovery.ts';
import type { PATCH_TYPES } from '../../api/request.ts';

export interface Target {
  resource: ApiResource;
  /** Its metadata, or all of it. */
  object: KubeObject;
}

export type Step =
  | { method: 'PATCH'; path: string; patch: keyof typeof PATCH_TYPES; body: unknown }
  | { method: 'POST' | 'DELETE'; path: string; body: unknown };

export interface Plan {
  steps: readonly Step[];
  /** One line for each namespace. */
  kubectl: string;
}

/** In kubectl's words, where it has some. */
export interface Refusal {
  refused: string;
}

export type Decision = Plan | Refusal;

export function isRefused(decision: Decision): decision is Refusal {
  return 'refused' in decision;
}

export function targetPath({ resource, object }: Target): string {
  return pathOf(resource, object.metadata.namespace, object.metadata.name);
}

/** The same patch for each. */
export function patchAll(targets: readonly Target[], body: unknown, subresource = ''): Step[] {
  return targets.map((target) => ({
    method: 'PATCH',
    path: `${targetPath(target)}${subresource}`,
    patch: 'merge',
    body,
  }));
}
