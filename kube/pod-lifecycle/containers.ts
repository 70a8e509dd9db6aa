/**
 * A pod's containers, and whether one that has ended runs again (kubelet `container/helpers.go`, KEP-753, KEP-5307).
 */
import type { Container, EphemeralContainer, Pod } from '../types.ts';
import { named } from './by-name.ts';
import type { ObservedContainer } from './observed.ts';

export type ContainerKind = 'init' | 'sidecar' | 'app' | 'ephemeral';

/** An init container that stays (`restartPolicy: Always`). */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

export function initContainers(pod: Pod): readonly Container[] {
  return pod.spec?.initContainers ?? [];
}

export function appContainers(pod: Pod): readonly Container[] {
  return pod.spec?.containers ?? [];
}

/** Run once each, beside the others and for people who look into a pod. */
export function ephemeralContainers(pod: Pod): readonly EphemeralContainer[] {
  return pod.spec?.ephemeralContainers ?? [];
}

export function containerOf(pod: Pod, name: string): Container | undefined {
  const lists = [appContainers(pod), initContainers(pod), ephemeralContainers(pod) as readonly Container[]];
  for (const list of lists) {
    const found = named(list, name);
    if (found) return found;
  }
  return undefined;
}

/** Init containers in their order, then those of the app, then ephemeral ones. */
export function allContainers(pod: Pod): { container: Container; kind: ContainerKind }[] {
  return [
    ...initContainers(pod).map((container) => ({
      container,
      kind: isSidecar(container) ? ('sidecar' as const) : ('init' as const),
    })),
    ...appContainers(pod).map((container) => ({ container, kind: 'app' as const })),
    ...ephemeralContainers(pod).map((container) => ({
      container: container as Container,
      kind: 'ephemeral' as const,
    })),
  ];
}

export function podRestartPolicy(pod: Pod): string {
  return pod.spec?.restartPolicy ?? 'Always';
}

/** Would a container that ended with this exit code run again, were the pod to live on? */
export function restartsAfter(pod: Pod, container: Container, kind: ContainerKind, exitCode: number): boolean {
  if (kind === 'sidecar') return true;
  if (kind === 'ephemeral') return false;
  for (const rule of container.restartPolicyRules ?? []) {
    const codes = rule.exitCodes;
    if (!codes) continue;
    const listed = (codes.values ?? []).includes(exitCode);
    if ((codes.operator === 'In') === listed) return rule.action === 'Restart';
  }
  const policy = container.restartPolicy ?? podRestartPolicy(pod);
  // An init container that has done its work is done, whatever the policy.
  if (kind === 'init') return exitCode !== 0 && policy !== 'Never';
  if (policy === 'Never') return false;
  return policy === 'Always' || exitCode !== 0;
}

/** `ShouldContainerBeRestarted`: it has never run, its state is unknown, or its policy says so. */
export function shouldStart(
  pod: Pod,
  container: Container,
  kind: ContainerKind,
  newest: ObservedContainer | undefined,
): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  if (!newest) return true;
  if (newest.state === 'running') return false;
  if (newest.state !== 'exited') return true;
  return restartsAfter(pod, container, kind, newest.exitCode ?? 0);
}

/** `web-0_default(9f1c…)`, as kubelet names pods in messages. */
export function podText(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
}

/** A pod that has ended for good, by its recorded phase. */
export function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
