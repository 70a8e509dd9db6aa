/** Labels of slices. Upstream's `setEndpointSliceLabels`. */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { Service } from '../../../kube/types.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';
const RESERVED: ReadonlySet<string> = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS]);

type Labels = Readonly<Record<string, string>>;

export function labelsFor({ metadata, spec }: Service): Record<string, string> {
  const labels = withoutReserved(metadata.labels);
  if (!spec?.clusterIP || spec.clusterIP === 'None') labels[HEADLESS] = '';
  labels[SERVICE_NAME] = metadata.name ?? '';
  labels[MANAGED_BY] = MANAGER;
  return labels;
}

/** Those that only endpoint controllers set are no reason for a write. */
export function isLabelled(labels: Labels, wanted: Labels): boolean {
  return sameJson(withoutReserved(labels), withoutReserved(wanted));
}

function withoutReserved(labels: Labels = {}): Record<string, string> {
  const others: Record<string, string> = {};
  for (const name of Object.keys(labels)) if (!RESERVED.has(name)) others[name] = labels[name] ?? '';
  return others;
}
