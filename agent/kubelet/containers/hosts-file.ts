/** A pod's /etc/hosts (kubelet `kubelet_pods.go`, managedHostsFileContent). */
import type { Pod } from '../../../kube/types.ts';

export function hostsFile(pod: Pod, ips: readonly string[], clusterDomain: string, nodeHosts: () => string): string {
  const aliases = hostAliases(pod);
  if (pod.spec?.hostNetwork) {
    return `# Kubernetes-managed hosts file (host network).\n${nodeHosts()}${aliases}`;
  }
  const { hostname, domain } = hostnameOf(pod, clusterDomain);
  const names = domain ? `${hostname}.${domain}\t${hostname}` : hostname;
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

export interface PodHostname {
  hostname: string;
  /** Empty without a subdomain. */
  domain: string;
}

const MAX_HOSTNAME = 63;
/** The length of the kernel's `nodename`. */
const MAX_FQDN = 64;

/** kubelet `kubelet_pods.go`, GeneratePodHostNameAndDomain. */
export function hostnameOf({ metadata, spec }: Pod, clusterDomain: string): PodHostname {
  // A name that is too long is cut.
  const cut = (name: string) => name.slice(0, MAX_HOSTNAME).replace(name.length > MAX_HOSTNAME ? /[-.]+$/ : '', '');
  if (spec?.hostnameOverride) return { hostname: cut(spec.hostnameOverride), domain: '' };
  const domain = spec?.subdomain ? `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` : '';
  return { hostname: cut(spec?.hostname || metadata.name || ''), domain };
}

/** The pod's host name (kubelet `util/util.go`, GetNodenameForKernel). Throws when the kernel cannot hold it. */
export function kernelHostname(pod: Pod, clusterDomain: string): string {
  const { hostname, domain } = hostnameOf(pod, clusterDomain);
  if (!domain || !pod.spec?.setHostnameAsFQDN) return hostname;
  const name = `${hostname}.${domain}`;
  if (name.length <= MAX_FQDN) return name;
  const why = `FQDN ${name} is too long (${MAX_FQDN} characters is the max, ${name.length} characters requested)`;
  throw new Error(`failed to construct FQDN from pod hostname and cluster domain, ${why}`);
}
