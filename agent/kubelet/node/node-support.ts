/** Features that pods may ask for and this node cannot give: such pods are refused, never run without them. */
import { entryOf } from '../../../kube/machinery/entries.ts';
import type { Refusal } from '../../../kube/pod-lifecycle/index.ts';
import type { Container, Pod } from '../../../kube/types.ts';
import { readText } from '../../files/text-files.ts';
import { appArmorOf } from '../containers/security.ts';

export interface NodeSupport {
  appArmor: boolean;
}

/** As the kernel says (`apparmor.IsEnabled`). */
export const nodeSupport = (): NodeSupport => ({
  appArmor: readText('/sys/module/apparmor/parameters/enabled').startsWith('Y'),
});

/** The first reason, in upstream's order and words. */
export function unsupported(pod: Pod, support: NodeSupport): Refusal | undefined {
  return forbiddenSysctl(pod) ?? resourceClaims(pod) ?? appArmor(pod, support);
}

const NET = 'net';
const IPC = 'ipc';
/**
 * Known to be of one pod and no harm to others (kubelet `sysctl/safe_sysctls.go`), with the namespace they belong to.
 */
const SAFE_SYSCTLS: Readonly<Record<string, string>> = {
  'kernel.shm_rmid_forced': IPC,
  'net.ipv4.ip_local_port_range': NET,
  'net.ipv4.tcp_syncookies': NET,
  'net.ipv4.ping_group_range': NET,
  'net.ipv4.ip_unprivileged_port_start': NET,
  'net.ipv4.ip_local_reserved_ports': NET,
  'net.ipv4.tcp_keepalive_time': NET,
  'net.ipv4.tcp_fin_timeout': NET,
  'net.ipv4.tcp_keepalive_intvl': NET,
  'net.ipv4.tcp_keepalive_probes': NET,
  'net.ipv4.tcp_rmem': NET,
  'net.ipv4.tcp_wmem': NET,
};

/** Others need a kubelet that is told to allow them, which this one cannot be. */
function forbiddenSysctl({ spec }: Pod): Refusal | undefined {
  for (const { name } of spec?.securityContext?.sysctls ?? []) {
    const key = name.replaceAll('/', '.');
    const namespace = entryOf(SAFE_SYSCTLS, key);
    const host = (namespace === NET && spec?.hostNetwork) || (namespace === IPC && spec?.hostIPC);
    const why = namespace === undefined ? 'not allowlisted' : host ? `not allowed with host ${namespace} enabled` : '';
    if (why) return { reason: 'SysctlForbidden', message: `forbidden sysctl: "${key}" ${why}` };
  }
  return undefined;
}

/** Extended resources may come as devices, too. */
function resourceClaims({ spec, status }: Pod): Refusal | undefined {
  if (!spec?.resourceClaims?.length && !status?.extendedResourceClaimStatus) return undefined;
  return { reason: 'UnexpectedAdmissionError', message: 'resource claims are not built into this node agent yet' };
}

function appArmor(pod: Pod, support: NodeSupport): Refusal | undefined {
  const containers: Container[] = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const profiles = containers.map((container) => appArmorOf(pod, container));
  const asked = profiles.some((profile) => profile && profile.profileType !== 'Unconfined');
  if (!asked || support.appArmor) return undefined;
  return { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' };
}
