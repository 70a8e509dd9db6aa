/** Defaults of a container (`pkg/apis/core/v1/defaults.go` and the declared ones). */
import type { Container, Probe, ResourceRequirements } from '../../../types.ts';
import { defaultPullPolicy } from './images.ts';
import { roundToMilli } from './resources.ts';

type Handler = Pick<Probe, 'httpGet'>;

function applyHTTPGetDefaults(handler: Handler | undefined): void {
  if (!handler?.httpGet) return;
  handler.httpGet.path ||= '/';
  handler.httpGet.scheme ||= 'HTTP';
}

function applyProbeDefaults(probe: Probe | undefined): void {
  if (!probe) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  applyHTTPGetDefaults(probe);
  if (probe.grpc) probe.grpc.service ??= '';
}

export function applyResourceDefaults(resources: ResourceRequirements | undefined): void {
  applyQuantityDefaults(resources?.limits);
  applyQuantityDefaults(resources?.requests);
}

/** The defaults of every list of resources (`SetDefaults_ResourceList`). */
export function applyQuantityDefaults(list: Record<string, string> | undefined): void {
  for (const name in list) list[name] = roundToMilli(list[name] ?? '');
}

export function applyContainerDefaults(container: Container): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image);
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
    if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
  }
  applyResourceDefaults(container.resources);
  applyProbeDefaults(container.livenessProbe);
  applyProbeDefaults(container.readinessProbe);
  applyProbeDefaults(container.startupProbe);
  applyHTTPGetDefaults(container.lifecycle?.postStart);
  applyHTTPGetDefaults(container.lifecycle?.preStop);
}
