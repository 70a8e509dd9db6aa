/** An object that a command is about: what kind it is, where it is, and perhaps itself. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Mapping } from '../api/discovery.ts';
import type { Context } from '../context.ts';

export interface Info {
  mapping: Mapping;
  /** Empty for kinds without. */
  namespace: string;
  name: string;
  /** Undefined where it was not asked for. A table of one or several, where tables were asked for. */
  object?: KubeObject;
  /** The file that it came from. */
  source?: string;
}

/** `deployments/web` */
export function objectName({ mapping, name }: Info): string {
  return `${mapping.resource}/${name}`;
}

/** `deployment.apps` */
export function kindOf({ kind, group }: Pick<Mapping, 'kind' | 'group'>): string {
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}

export function infoPath(context: Context, { mapping, namespace, name }: Info, subresource?: string): string {
  return context.path(mapping, namespace, name, subresource);
}
