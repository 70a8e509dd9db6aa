/** Builders for the tests of pod lifecycles. */

import {
  decide,
  NO_MEMORY,
  type Observed,
  type ObservedContainer,
  type PodMemory,
  podStatus,
} from '../pod-lifecycle/index.ts';
import type { Pod, PodSpec } from '../types.ts';

export const T0 = Date.parse('2026-01-01T00:00:00Z');

export function pod(spec: Partial<PodSpec> = {}, extra: Partial<Pod> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-0', namespace: 'default', uid: 'u1' },
    spec: { containers: [{ name: 'web', image: 'nginx:1.14.2' }], ...spec } as PodSpec,
    ...extra,
  } as Pod;
}

export function container(name: string, state: ObservedContainer['state'], extra: Partial<ObservedContainer> = {}) {
  return {
    name,
    id: `containerd://${name}-${extra.attempt ?? 0}`,
    sandbox: 's0',
    state,
    attempt: 0,
    image: 'nginx:1.14.2',
    imageID: 'sha256:1',
    createdAt: T0,
    startedAt: T0,
    ...extra,
  } satisfies ObservedContainer;
}

export const seen = (...containers: ObservedContainer[]): Observed => ({
  sandbox: { id: 's0', ready: true, ips: ['10.244.0.5'], attempt: 0 },
  containers,
});

export const doing = (p: Pod, observed: Observed, memory: PodMemory = NO_MEMORY, now = T0) => {
  const decision = decide({ pod: p, observed, memory, now });
  return decision.actions.map((a) => {
    if (a.do === 'event') return `event ${a.event.reason}`;
    return 'container' in a ? `${a.do} ${a.container}` : a.do;
  });
};

export const statusOf = (p: Pod, observed: Observed, memory: PodMemory = NO_MEMORY, now = T0) =>
  podStatus({ pod: p, observed, memory, hostIPs: ['192.168.1.5'], now });

export const conditions = (p: Pod, observed: Observed) =>
  (statusOf(p, observed).conditions ?? []).map((c) =>
    [c.type, c.status, c.reason, c.message].filter((x) => x !== undefined).join(' '),
  );
