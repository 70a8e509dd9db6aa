/** Baseline: what would let a pod out of its isolation. */
import type { Container, PodSpec, Probe } from '../../types.ts';
import {
  type Check,
  type CheckPod,
  containersOf,
  namesOf,
  plural,
  quoted,
  setters,
  sortedSet,
  theContainers,
  unlessUserNamespace,
} from './check.ts';

const hostNamespaces: CheckPod = ({ hostNetwork, hostPID, hostIPC }) => {
  const used = Object.entries({ hostNetwork, hostPID, hostIPC }).filter(([, value]) => value);
  if (used.length === 0) return undefined;
  return { reason: 'host namespaces', detail: used.map(([name]) => `${name}=true`).join(', ') };
};

const privileged: CheckPod = (spec) => {
  const bad = namesOf(spec, ({ securityContext }) => securityContext?.privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: 'privileged', detail: `${theContainers(bad)} must not set securityContext.privileged=true` };
};

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const capabilities: CheckPod = (spec) => {
  const beyond = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((one) => !DEFAULT_CAPABILITIES.has(one));
  const bad = namesOf(spec, (container) => beyond(container).length > 0);
  if (bad.length === 0) return undefined;
  const added = quoted(sortedSet(containersOf(spec).flatMap(beyond)));
  return {
    reason: 'non-default capabilities',
    detail: `${theContainers(bad)} must not include ${added} in securityContext.capabilities.add`,
  };
};

const hostPathVolumes: CheckPod = ({ volumes = [] }) => {
  const bad = volumes.filter(({ hostPath }) => hostPath).map(({ name }) => name);
  if (bad.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural('volume', bad.length)} ${quoted(bad)}` };
};

const hostPorts: CheckPod = (spec) => {
  const portsOf = ({ ports = [] }: Container) => ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []));
  const bad = namesOf(spec, (container) => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sortedSet(containersOf(spec).flatMap(portsOf));
  const use = bad.length === 1 ? 'uses' : 'use';
  return {
    reason: 'hostPort',
    detail: `${theContainers(bad)} ${use} ${plural('hostPort', ports.length)} ${ports.join(', ')}`,
  };
};

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers: (Pick<Probe, 'httpGet' | 'tcpSocket'> | undefined)[] = [livenessProbe, readinessProbe, startupProbe];
  return [...handlers, lifecycle?.postStart, lifecycle?.preStop].flatMap((one) =>
    [one?.httpGet?.host, one?.tcpSocket?.host].filter((host): host is string => Boolean(host)),
  );
}

const hostProbes: CheckPod = (spec) => {
  const bad = sortedSet(namesOf(spec, (container) => hostsOf(container).length > 0));
  if (bad.length === 0) return undefined;
  const hosts = sortedSet(containersOf(spec).flatMap(hostsOf));
  const use = bad.length === 1 ? 'uses' : 'use';
  const what = plural('probe or lifecycle host', hosts.length);
  return { reason: 'probe or lifecycle host', detail: `${theContainers(bad)} ${use} ${what} ${quoted(hosts)}` };
};

export const procMountCheck: CheckPod = (spec) => {
  const isBad = ({ securityContext }: Container) =>
    securityContext?.procMount !== undefined && securityContext.procMount !== 'Default';
  const bad = containersOf(spec).filter(isBad);
  if (bad.length === 0) return undefined;
  const types = quoted(sortedSet(bad.map(({ securityContext }) => securityContext?.procMount ?? '')));
  const names = theContainers(bad.map(({ name }) => name));
  return { reason: 'procMount', detail: `${names} must not set securityContext.procMount to ${types}` };
};

function sysctls(allowed: readonly string[]): CheckPod {
  return ({ securityContext }) => {
    const bad = (securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name));
    return bad.length > 0 ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined;
  };
}

const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [
  ...SYSCTLS_27,
  ...['time', 'intvl', 'probes'].map((of) => `net.ipv4.tcp_keepalive_${of}`),
  'net.ipv4.tcp_fin_timeout',
];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

const windowsHostProcess: CheckPod = (spec) => {
  const isSet = ({ securityContext }: Pick<Container, 'securityContext'> | Pick<PodSpec, 'securityContext'>) =>
    securityContext?.windowsOptions?.hostProcess === true;
  const bad = setters(isSet(spec), namesOf(spec, isSet));
  if (bad === '') return undefined;
  return { reason: 'hostProcess', detail: `${bad} must not set securityContext.windowsOptions.hostProcess=true` };
};

const from = (id: string, ...versions: Check['versions']): Check => ({ id, level: 'baseline', versions });

export const BASELINE: readonly Check[] = [
  from('capabilities_baseline', { since: 0, check: capabilities }),
  from('hostNamespaces', { since: 0, check: hostNamespaces }),
  from('hostPathVolumes', { since: 0, check: hostPathVolumes }),
  from('hostPorts', { since: 0, check: hostPorts }),
  from('hostProbesAndHostLifecycle', { since: 34, check: hostProbes }),
  from('privileged', { since: 0, check: privileged }),
  from('procMount', { since: 0, check: procMountCheck }, { since: 35, check: unlessUserNamespace(procMountCheck) }),
  from(
    'sysctls',
    { since: 0, check: sysctls(SYSCTLS) },
    { since: 27, check: sysctls(SYSCTLS_27) },
    { since: 29, check: sysctls(SYSCTLS_29) },
    { since: 32, check: sysctls(SYSCTLS_32) },
  ),
  from('windowsHostProcess', { since: 0, check: windowsHostProcess }),
];
