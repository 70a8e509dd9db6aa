/** A pod's /etc/hosts (kubelet `kubelet_pods.go`, managedHostsFileContent). */
import type { Pod } from '../../kube/types.ts';

export function hostsFile(pod: Pod, ips: readonly string[], hostname: string, nodeHosts: () => string): string {
  const aliases = hostAliases(pod);
  if (pod.spec?.hostNetwork) {
    return `# Kubernetes-managed hosts file (host network).\n${nodeHosts()}${aliases}`;
  }
  const { subdomain } = pod.spec ?? {};
  const names = subdomain
    ? `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.cluster.local\t${hostname}`
    : hostname;
  return `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
${ips.map((ip) => `${ip}\t${names}\n`).join('')}${aliases}`;
}

function hostAliases(pod: Pod): string {
  const aliases = pod.spec?.hostAliases ?? [];
  if (aliases.length === 0) return '';
  const lines = aliases.map(({ ip, hostnames }) => `${ip}\t${(hostnames ?? []).join('\t')}\n`);
  return `\n# Entries added by HostAliases.\n${lines.join('')}`;
}

/** Names over 63 characters are cut, as the kernel's hostname must be. */
export function hostnameOf(pod: Pod): string {
  const name = pod.spec?.hostname || pod.metadata.name || '';
  return name.slice(0, 63).replace(/[-.]+$/, '');
}
