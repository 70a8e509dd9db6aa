/** Extenders: servers that have a say in the scheduler's decisions (`pkg/scheduler/extender.go`). */
import type { Container, Pod } from '../../../kube/types.ts';

/** The name by which the queue and messages know whatever an extender rejected (`framework.ExtenderName`). */
export const EXTENDER = 'Extender';

export type Verb = 'filter' | 'prioritize' | 'preempt' | 'bind';

export interface ExtenderTls {
  /** PEM. */
  caBundle?: string;
  insecure?: boolean;
  serverName?: string;
  /** PEM. */
  client?: { cert: string; key: string };
}

export interface Extender {
  /** Its name as well. */
  urlPrefix: string;
  /** The paths of what it does, behind the prefix. */
  verbs: Readonly<Partial<Record<Verb, string>>>;
  weight: number;
  timeoutMs: number;
  /** It knows the nodes, and is told their names alone. */
  nodeCacheCapable: boolean;
  /** Pods that ask for none of these resources are no business of it; empty: all pods are. */
  managedResources: ReadonlySet<string>;
  /** Its failures are no failures of the pod. */
  ignorable: boolean;
  tls: ExtenderTls;
}

/** `IsInterested` */
export function isInterested({ managedResources }: Extender, { spec }: Pod): boolean {
  if (managedResources.size === 0) return true;
  const asks = ({ resources }: Pick<Container, 'resources'>): boolean =>
    [resources?.requests, resources?.limits].some((list) =>
      Object.keys(list ?? {}).some((name) => managedResources.has(name)),
    );
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(asks);
}

export function urlOf({ urlPrefix, verbs }: Extender, verb: Verb): string {
  return `${urlPrefix.replace(/\/+$/, '')}/${verbs[verb]}`;
}
