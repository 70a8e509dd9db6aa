/** A pod as a sandbox (kubelet `kuberuntime_sandbox.go`). */
import type { Pod } from '../../../kube/types.ts';
import type { Folders } from '../../files/folders.ts';
import type { SandboxConfig } from '../../runtimes/runtime.ts';
import { type DnsOptions, dnsOf } from '../containers/dns.ts';
import { kernelHostname } from '../containers/hosts-file.ts';
import { sandboxSecurity } from '../containers/security.ts';
import { type Owner, podLabels } from '../labels.ts';

export interface SandboxPorts {
  folders: Folders;
  dns: DnsOptions;
  owner: Owner;
}

export function sandboxConfig(pod: Pod, attempt: number, { folders, dns, owner }: SandboxPorts): SandboxConfig {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  const hostNetwork = pod.spec?.hostNetwork ?? false;
  const security = pod.spec?.securityContext ?? {};
  return {
    metadata: { name, uid, namespace, attempt },
    hostname: hostNetwork ? '' : kernelHostname(pod, dns.clusterDomain),
    logDirectory: folders.podLogs(namespace, name, uid),
    dns: dnsOf(pod, dns),
    portMappings: hostNetwork ? [] : portMappings(pod),
    labels: podLabels(pod, owner),
    annotations: pod.metadata.annotations ?? {},
    cgroupParent: '',
    security: sandboxSecurity(pod),
    sysctls: Object.fromEntries((security.sysctls ?? []).map(({ name: key, value }) => [key, value])),
  };
}

function portMappings(pod: Pod): SandboxConfig['portMappings'] {
  return (pod.spec?.containers ?? []).flatMap((container) =>
    (container.ports ?? [])
      .filter(({ hostPort }) => hostPort)
      .map(({ protocol = 'TCP', containerPort, hostPort = 0, hostIP = '' }) => ({
        protocol: protocol as 'TCP' | 'UDP' | 'SCTP',
        containerPort,
        hostPort,
        hostIp: hostIP,
      })),
  );
}
