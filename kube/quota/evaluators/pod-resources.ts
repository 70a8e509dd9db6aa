/**
 * The requests and limits of a pod as quotas count them: while a pod is resized, the larger of what it has and what it
 * is to have (component-helpers `resource/helpers.go`, with `UseStatusResources`).
 */
import { isPodLevel } from '../../kinds/core/pod-spec/resources.ts';
import { addQuantities, type Quantity } from '../../machinery/quantity.ts';
import type { Container, ContainerStatus, Pod, PodSpec } from '../../types.ts';
import { addTo, raiseTo, readUsage, type Texts, type Usage } from '../usage.ts';

type Which = 'requests' | 'limits';

export function hasPodLevelResources(spec: PodSpec | undefined): boolean {
  const { requests, limits } = spec?.resources ?? {};
  return Object.keys({ ...requests, ...limits }).some(isPodLevel);
}

export function podRequests(pod: Pod): Usage {
  const total = aggregate(pod, 'requests');
  setPodLevel(total, pod, 'requests');
  addTo(total, readUsage(pod.spec?.overhead));
  return total;
}

export function podLimits(pod: Pod): Usage {
  const total = aggregate(pod, 'limits');
  setPodLevel(total, pod, 'limits');
  for (const [name, quantity] of readUsage(pod.spec?.overhead)) {
    const present = total.get(name);
    if (present && present.nano !== 0n) total.set(name, addQuantities(present, quantity));
  }
  return total;
}

function setPodLevel(total: Map<string, Quantity>, { spec }: Pod, which: Which): void {
  for (const [name, quantity] of readUsage(spec?.resources?.[which])) if (isPodLevel(name)) total.set(name, quantity);
}

function aggregate(pod: Pod, which: Which): Map<string, Quantity> {
  const { spec, status } = pod;
  const statuses = new Map<string, ContainerStatus>();
  for (const one of [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]) {
    if (one.resources) statuses.set(one.name, one);
  }
  const of = (container: Container): Usage => effective(pod, container, statuses.get(container.name), which);
  const total = new Map<string, Quantity>();
  for (const container of spec?.containers ?? []) addTo(total, of(container));
  const sidecars = new Map<string, Quantity>();
  const peak = new Map<string, Quantity>();
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      const own = of(container);
      addTo(total, own);
      addTo(sidecars, own);
      raiseTo(peak, sidecars);
    } else {
      const beside = readUsage(container.resources?.[which]);
      addTo(beside, sidecars);
      raiseTo(peak, beside);
    }
  }
  raiseTo(total, peak);
  return total;
}

function effective(pod: Pod, { resources }: Container, status: ContainerStatus | undefined, which: Which): Usage {
  const asked = readUsage(resources?.[which]);
  if (!status) return asked;
  const isInfeasible = pod.status?.conditions?.some(
    ({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible',
  );
  const most = isInfeasible ? new Map<string, Quantity>() : asked;
  raiseTo(most, readUsage(status.resources?.[which] as Texts | undefined));
  if (which === 'requests') raiseTo(most, readUsage(status.allocatedResources as Texts | undefined));
  return most;
}
