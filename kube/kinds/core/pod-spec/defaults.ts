/** Defaults of a pod's spec, and those that only pods have but no templates (`pkg/apis/core/v1/defaults.go`). */
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../../../types.ts';
import { applyContainerDefaults, applyResourceDefaults } from './container-defaults.ts';
import { aggregate, isHugePages, isPodLevel } from './resources.ts';
import { applyVolumeDefaults } from './volume-defaults.ts';

const GRACE_SECONDS = 30;

/** The defaults of pods and of pod templates. */
function applyPodSpecDefaults(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= GRACE_SECONDS;
  spec.schedulerName ||= 'default-scheduler';
  // Either name may be used; the old one is kept for old clients.
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const volume of spec.volumes ?? []) applyVolumeDefaults(volume);
  for (const container of spec.initContainers ?? []) applyContainerDefaults(container);
  for (const container of spec.containers ?? []) applyContainerDefaults(container);
  for (const container of spec.ephemeralContainers ?? []) applyContainerDefaults(container as Container);
  applyResourceDefaults(spec.resources);
}

/** The defaults of workloads' templates: one without metadata is printed with an empty one. */
export function applyPodTemplateDefaults(template: PodTemplateSpec | undefined): void {
  if (!template) return;
  template.metadata ??= {};
  template.spec ??= { containers: [] };
  applyPodSpecDefaults(template.spec);
}

/** The defaults of pods alone: in a template these fields stay open until a pod is made of it. */
export function applyPodDefaults(pod: Pod): void {
  pod.spec ??= { containers: [] };
  const { spec } = pod;
  applyPodSpecDefaults(spec);
  for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    if (!resources?.limits) continue;
    const { limits, requests } = resources;
    resources.requests = requests ? { ...limits, ...requests } : { ...limits };
  }
  applyPodResourceDefaults(spec);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork) applyHostPorts(spec);
}

/** On the host's network a container's ports are the host's. */
function applyHostPorts(spec: PodSpec): void {
  for (const { ports } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const port of ports ?? []) port.hostPort ||= port.containerPort;
  }
}

/** KEP-2837: where a pod has resources as a whole, its missing requests follow from its containers. */
function applyPodResourceDefaults(spec: PodSpec): void {
  const { resources } = spec;
  if (!resources || (isEmpty(resources.limits) && isEmpty(resources.requests))) return;
  const hugePages = Object.entries(aggregate(spec, 'limits')).filter(
    ([name]) => isHugePages(name) && resources.requests?.[name] === undefined,
  );
  if (hugePages.length > 0) resources.limits = { ...Object.fromEntries(hugePages), ...resources.limits };
  if (isEmpty(resources.limits)) return;
  const needed = Object.entries(aggregate(spec, 'requests')).filter(([name]) => isPodLevel(name) && !isHugePages(name));
  const limited = Object.entries(resources.limits ?? {}).filter(([name]) => isPodLevel(name));
  const requests = { ...Object.fromEntries(limited), ...Object.fromEntries(needed), ...resources.requests };
  if (!isEmpty(requests)) resources.requests = requests;
}

function isEmpty(list: Record<string, string> | undefined): boolean {
  return Object.keys(list ?? {}).length === 0;
}
