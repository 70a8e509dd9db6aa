/** The containers of a pod or a template. */
import { parseQuantity } from '../../../../kube/machinery/quantity.ts';
import type { Container, ContainerState, ContainerStatus, EnvVar, Pod, Probe } from '../../../../kube/types.ts';
import { longTime } from '../print/durations.ts';
import { goText } from '../print/jsonpath/evaluate.ts';
import { sortedEntries, truth } from './parts.ts';
import type { Sheet } from './sheet.ts';

export interface ContainerOptions {
  label: string;
  statuses?: readonly ContainerStatus[];
  /** In whose fields environment variables are looked up. */
  pod?: Pod;
  /** Of a template: spaces before the label. */
  indent?: string;
}

export function describeContainers(sheet: Sheet, containers: readonly Container[], options: ContainerOptions): void {
  const { label, statuses = [], pod, indent = '' } = options;
  sheet.line(0, `${indent}${label}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) {
    const status = statuses.find(({ name }) => name === container.name);
    basics(sheet, container, status, indent);
    words(sheet, 'Command', container.command);
    words(sheet, 'Args', container.args);
    if (status) states(sheet, status);
    amounts(sheet, 2, container.resources);
    probes(sheet, container);
    environment(sheet, container, pod);
    mounts(sheet, container);
  }
}

function basics(sheet: Sheet, container: Container, status: ContainerStatus | undefined, indent: string): void {
  sheet.line(1, `${indent === '' ? '' : ' '}${container.name}:`);
  if (status) sheet.line(2, `Container ID:\t${status.containerID ?? ''}`);
  sheet.line(2, `Image:\t${container.image ?? ''}`);
  if (status) sheet.line(2, `Image ID:\t${status.imageID ?? ''}`);
  const list = (portOf: (port: NonNullable<Container['ports']>[number]) => number): string =>
    (container.ports ?? [])
      .map((port) => `${portOf(port)}/${port.protocol ?? ''}${port.name ? ` (${port.name})` : ''}`)
      .join(', ');
  const [ports, hostPorts] = [list(({ containerPort }) => containerPort), list(({ hostPort }) => hostPort ?? 0)];
  sheet.line(2, ports.includes(',') ? `Ports:\t${ports}` : `Port:\t${ports || '<none>'}`);
  sheet.line(2, hostPorts.includes(',') ? `Host Ports:\t${hostPorts}` : `Host Port:\t${hostPorts || '<none>'}`);
  const profile = container.securityContext?.seccompProfile;
  if (profile) sheet.line(2, `SeccompProfile:\t${profile.type}`);
  if (profile?.type === 'Localhost') sheet.line(3, `LocalhostProfile:\t${profile.localhostProfile}`);
}

function words(sheet: Sheet, title: string, list: readonly string[] | undefined): void {
  if (!list || list.length === 0) return;
  sheet.line(2, `${title}:`);
  for (const word of list) for (const line of word.split('\n')) sheet.line(3, line);
}

function states(sheet: Sheet, status: ContainerStatus): void {
  describeState(sheet, 'State', status.state ?? {});
  if (status.lastState?.terminated) describeState(sheet, 'Last State', status.lastState);
  sheet.line(2, `Ready:\t${truth(status.ready)}`);
  sheet.line(2, `Restart Count:\t${status.restartCount}`);
}

function describeState(sheet: Sheet, title: string, { running, terminated, waiting }: ContainerState): void {
  if (running) {
    sheet.line(2, `${title}:\tRunning`);
    sheet.line(3, `Started:\t${longTime(running.startedAt)}`);
  } else if (terminated && !waiting) {
    sheet.line(2, `${title}:\tTerminated`);
    if (terminated.reason) sheet.line(3, `Reason:\t${terminated.reason}`);
    if (terminated.message) sheet.line(3, `Message:\t${terminated.message}`);
    sheet.line(3, `Exit Code:\t${terminated.exitCode}`);
    if ((terminated.signal ?? 0) > 0) sheet.line(3, `Signal:\t${terminated.signal}`);
    sheet.line(3, `Started:\t${longTime(terminated.startedAt)}`);
    sheet.line(3, `Finished:\t${longTime(terminated.finishedAt)}`);
  } else {
    sheet.line(2, `${title}:\tWaiting`);
    if (waiting?.reason) sheet.line(3, `Reason:\t${waiting.reason}`);
  }
}

export function amounts(sheet: Sheet, level: number, resources: Container['resources']): void {
  for (const [title, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const entries = sortedEntries(list);
    if (entries.length > 0) sheet.line(level, `${title}:`);
    for (const [name, amount] of entries) sheet.line(level + 1, `${name}:\t${amount}`);
  }
}

function probes(sheet: Sheet, { livenessProbe, readinessProbe, startupProbe }: Container): void {
  if (livenessProbe) sheet.line(2, `Liveness:\t${probeText(livenessProbe)}`);
  if (readinessProbe) sheet.line(2, `Readiness:\t${probeText(readinessProbe)}`);
  if (startupProbe) sheet.line(2, `Startup:\t${probeText(startupProbe)}`);
}

function probeText(probe: Probe): string {
  const { initialDelaySeconds: delay = 0, timeoutSeconds = 0, periodSeconds = 0 } = probe;
  const counts = `#success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  const rest = `delay=${delay}s timeout=${timeoutSeconds}s period=${periodSeconds}s ${counts}`;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (exec) return `exec ${goText(exec.command ?? [])} ${rest}`;
  if (httpGet) {
    const path = httpGet.path ?? '';
    const separator = path === '' || path.startsWith('/') ? '' : '/';
    const host = httpGet.host?.includes(':') ? `[${httpGet.host}]` : (httpGet.host ?? '');
    return `http-get ${(httpGet.scheme ?? '').toLowerCase()}://${host}:${httpGet.port}${separator}${path} ${rest}`;
  }
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${rest}`;
  return grpc ? `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${rest}` : `unknown ${rest}`;
}

function environment(sheet: Sheet, container: Container, pod: Pod | undefined): void {
  const from = container.envFrom ?? [];
  if (from.length > 0) sheet.line(2, 'Environment Variables from:');
  for (const { configMapRef, secretRef, prefix } of from) {
    const reference = configMapRef ?? secretRef;
    const kind = configMapRef ? 'ConfigMap' : 'Secret';
    const what = prefix ? `${kind} with prefix '${prefix}'` : kind;
    sheet.line(3, `${reference?.name ?? ''}\t${what}\tOptional: ${reference?.optional === true}`);
  }
  const variables = container.env ?? [];
  sheet.line(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}`);
  for (const variable of variables) variableLines(sheet, variable, container, pod);
}

function variableLines(
  sheet: Sheet,
  { name, value = '', valueFrom }: EnvVar,
  container: Container,
  pod: Pod | undefined,
): void {
  if (!valueFrom) {
    for (const [index, line] of value.split('\n').entries()) sheet.line(3, `${index === 0 ? `${name}:` : ''}\t${line}`);
  } else if (valueFrom.fieldRef) {
    const { apiVersion = 'v1', fieldPath } = valueFrom.fieldRef;
    sheet.line(3, `${name}:\t${pod ? fieldOf(pod, fieldPath) : ''} (${apiVersion}:${fieldPath})`);
  } else if (valueFrom.resourceFieldRef) {
    const { resource, divisor } = valueFrom.resourceFieldRef;
    sheet.line(3, `${name}:\t${amountOf(container, resource, divisor)} (${resource})`);
  } else if (valueFrom.secretKeyRef) {
    const { key, name: secret, optional } = valueFrom.secretKeyRef;
    sheet.line(3, `${name}:\t<set to the key '${key}' in secret '${secret}'>\tOptional: ${optional === true}`);
  } else if (valueFrom.configMapKeyRef) {
    const { key, name: map, optional } = valueFrom.configMapKeyRef;
    sheet.line(3, `${name}:\t<set to the key '${key}' of config map '${map}'>\tOptional: ${optional === true}`);
  }
}

function fieldOf(pod: Pod, path: string): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map && key) return pod.metadata[map as 'labels']?.[key] ?? '';
  if (!/^metadata\.(name|namespace|uid)$/.test(path)) return '';
  const found = path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], pod);
  return typeof found === 'string' ? found : '';
}

function amountOf({ resources }: Container, resource: string, divisor: string | undefined): string {
  const [list = '', name = ''] = resource.split('.');
  const given = parseQuantity((resources as Record<string, Record<string, string>> | undefined)?.[list]?.[name] ?? '0');
  const unit = parseQuantity(divisor && divisor !== '0' ? divisor : '1');
  if (!given || !unit) return '';
  const value = (given.nano + unit.nano - 1n) / unit.nano;
  if (value === 0n && /^limits\.(cpu|memory)$/.test(resource)) return 'node allocatable';
  return String(value);
}

function mounts(sheet: Sheet, { volumeMounts = [], volumeDevices = [] }: Container): void {
  sheet.line(2, `Mounts:${volumeMounts.length === 0 ? '\t<none>' : ''}`);
  for (const { mountPath, name, readOnly, subPath } of volumeMounts.toSorted((a, b) =>
    a.mountPath < b.mountPath ? -1 : 1,
  )) {
    const flags = [readOnly ? 'ro' : 'rw', ...(subPath ? [`path=${JSON.stringify(subPath)}`] : [])];
    sheet.line(3, `${mountPath} from ${name} (${flags.join(',')})`);
  }
  if (volumeDevices.length > 0) sheet.line(2, `Devices:${volumeMounts.length === 0 ? '\t<none>' : ''}`);
  for (const { devicePath, name } of volumeDevices.toSorted((a, b) => (a.devicePath < b.devicePath ? -1 : 1))) {
    sheet.line(3, `${devicePath} from ${name}`);
  }
}
