/**
 * A container's environment (kubelet `kubelet_pods.go`, makeEnvironmentVariables;
 * `third_party/forked/golang/expansion`).
 */
import { entryOf } from '../../../kube/machinery/entries.ts';
import { joinHostPort } from '../../../kube/machinery/join-host-port.ts';
import type { ConfigMap, Container, Pod, Secret, Service } from '../../../kube/types.ts';
import { type DownwardContext, fieldValue, resourceFieldValue } from '../../volumes/field-refs.ts';

/** Shown as the container's waiting reason `CreateContainerConfigError`. */
export class ConfigError extends Error {}

export interface EnvContext extends DownwardContext {
  allocatable: Readonly<Record<string, string>>;
  configMap(name: string): Promise<ConfigMap | undefined>;
  secret(name: string): Promise<Secret | undefined>;
  /** The Services of the pod's namespace, and `default/kubernetes`. */
  services: readonly Service[];
}

export async function environmentOf(pod: Pod, container: Container, context: EnvContext): Promise<Map<string, string>> {
  const links = serviceVariables(pod, context.services);
  const result = new Map<string, string>();
  for (const source of container.envFrom ?? []) {
    const data = await envFrom(source, pod, context);
    for (const [key, value] of Object.entries(data)) result.set((source.prefix ?? '') + key, value);
  }
  const known = (name: string) => result.get(name) ?? links.get(name);
  for (const variable of container.env ?? []) {
    const value =
      variable.value !== undefined && variable.value !== ''
        ? expand(variable.value, known)
        : variable.valueFrom
          ? await valueFrom(variable.valueFrom, pod, container, context)
          : '';
    if (value !== undefined) result.set(variable.name, value);
  }
  for (const [name, value] of links) if (!result.has(name)) result.set(name, value);
  return result;
}

type Source = NonNullable<Container['envFrom']>[number];
type ValueFrom = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>;

async function envFrom(source: Source, pod: Pod, context: EnvContext): Promise<Record<string, string>> {
  if (source.configMapRef) {
    const { name = '', optional } = source.configMapRef;
    const found = await context.configMap(name);
    if (!found && !optional) throw new ConfigError(`configmap "${name}" not found`);
    return found?.data ?? {};
  }
  if (source.secretRef) {
    const { name = '', optional } = source.secretRef;
    const found = await context.secret(name);
    if (!found && !optional) throw new ConfigError(`secret "${name}" not found`);
    const entries = Object.entries(found?.data ?? {});
    return Object.fromEntries(entries.map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
  }
  throw new ConfigError(`envFrom of pod ${pod.metadata.name} names no source`);
}

async function valueFrom(
  from: ValueFrom,
  pod: Pod,
  container: Container,
  context: EnvContext,
): Promise<string | undefined> {
  if (from.fieldRef) return fieldValue(from.fieldRef.fieldPath, pod, context);
  if (from.resourceFieldRef) return resourceFieldValue(from.resourceFieldRef, pod, container, context.allocatable);
  const prefix = `${pod.metadata.namespace}/`;
  if (from.configMapKeyRef) {
    const { name = '', key, optional } = from.configMapKeyRef;
    const found = await context.configMap(name);
    if (!found && !optional) throw new ConfigError(`configmap "${name}" not found`);
    const value = entryOf(found?.data, key);
    if (value === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in ConfigMap ${prefix}${name}`);
    return value;
  }
  if (from.secretKeyRef) {
    const { name = '', key, optional } = from.secretKeyRef;
    const found = await context.secret(name);
    if (!found && !optional) throw new ConfigError(`secret "${name}" not found`);
    const value = entryOf(found?.data, key);
    if (value === undefined && !optional) throw new ConfigError(`couldn't find key ${key} in Secret ${prefix}${name}`);
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
  }
  throw new ConfigError(`${Object.keys(from)[0] ?? 'valueFrom'} is not built into this node agent yet`);
}

/** `$(NAME)` becomes its value when it is known, `$$` a dollar; all else stays. */
export function expand(text: string, value: (name: string) => string | undefined): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const next = text[at + 1];
    if (text[at] !== '$' || next === undefined) result += text[at];
    else if (next === '$') {
      result += '$';
      at++;
    } else if (next === '(') {
      const end = text.indexOf(')', at + 2);
      if (end < 0) return result + text.slice(at);
      result += value(text.slice(at + 2, end)) ?? text.slice(at, end + 1);
      at = end;
    } else result += '$';
  }
  return result;
}

/** `KUBERNETES_SERVICE_HOST` and its kind (kubelet `envvars/envvars.go`). */
function serviceVariables(pod: Pod, services: readonly Service[]): Map<string, string> {
  const variables = new Map<string, string>();
  const links = pod.spec?.enableServiceLinks ?? true;
  const chosen = new Map<string, Service>();
  for (const service of services) {
    const { name = '', namespace } = service.metadata;
    if (!service.spec?.clusterIP || service.spec.clusterIP === 'None') continue;
    if (namespace === 'default' && name === 'kubernetes') {
      if (!chosen.has(name)) chosen.set(name, service);
    } else if (links && namespace === pod.metadata.namespace) chosen.set(name, service);
  }
  for (const [name, { spec }] of chosen) {
    const prefix = name.toUpperCase().replaceAll('-', '_');
    const host = spec?.clusterIP ?? '';
    const ports = spec?.ports ?? [];
    const first = ports[0];
    if (!first) continue;
    variables.set(`${prefix}_SERVICE_HOST`, host);
    variables.set(`${prefix}_SERVICE_PORT`, String(first.port));
    for (const { name: portName, port } of ports) {
      if (portName)
        variables.set(`${prefix}_SERVICE_PORT_${portName.toUpperCase().replaceAll('-', '_')}`, String(port));
    }
    for (const { port, protocol = 'TCP' } of ports) {
      const lower = protocol.toLowerCase();
      const url = `${lower}://${joinHostPort(host, port)}`;
      if (port === first.port && protocol === (first.protocol ?? 'TCP')) variables.set(`${prefix}_PORT`, url);
      const long = `${prefix}_PORT_${port}_${protocol}`;
      variables.set(long, url);
      variables.set(`${long}_PROTO`, lower);
      variables.set(`${long}_PORT`, String(port));
      variables.set(`${long}_ADDR`, host);
    }
  }
  return variables;
}
