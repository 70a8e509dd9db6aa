/** A pod's resolv.conf (kubelet `network/dns/dns.go`). */
import type { Pod } from '../../../kube/types.ts';

export interface DnsSettings {
  servers: string[];
  searches: string[];
  options: string[];
}

export interface DnsOptions {
  /** Undefined while the cluster has no DNS: pods then get the node's. */
  clusterDNS: readonly string[];
  clusterDomain: string;
  /** Text of the node's resolv.conf. */
  resolvConf(): string;
}

export function dnsOf(pod: Pod, options: DnsOptions): DnsSettings {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  const host = parseResolvConf(options.resolvConf());
  let settings: DnsSettings;
  if (policy === 'None') settings = { servers: [], searches: [], options: [] };
  else if (policy === 'Default' || (policy === 'ClusterFirst' && pod.spec?.hostNetwork) || !options.clusterDNS.length) {
    settings = host;
  } else {
    const domain = options.clusterDomain;
    const searches = [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain, ...host.searches];
    settings = { servers: [...options.clusterDNS], searches: unique(searches), options: ['ndots:5'] };
  }
  const own = pod.spec?.dnsConfig;
  if (!own) return settings;
  const names = new Map(settings.options.map((option) => [option.split(':')[0] ?? option, option]));
  for (const { name = '', value } of own.options ?? []) names.set(name, value ? `${name}:${value}` : name);
  return {
    servers: unique([...settings.servers, ...(own.nameservers ?? [])]).slice(0, 3),
    searches: unique([...settings.searches, ...(own.searches ?? [])]).slice(0, 32),
    options: [...names.values()],
  };
}

const STUB = '/run/systemd/resolve/resolv.conf';

/**
 * The node's, as pods can use it: where only a server of the node's own loopback is named, that of systemd-resolved.
 */
export function nodeResolvConf(read: (path: string) => string): string {
  const text = read('/etc/resolv.conf');
  const { servers } = parseResolvConf(text);
  return servers.length > 0 && servers.every((server) => /^127\.|^::1$/.test(server)) ? read(STUB) || text : text;
}

function parseResolvConf(text: string): DnsSettings {
  const settings: DnsSettings = { servers: [], searches: [], options: [] };
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0]) settings.servers.push(rest[0]);
    else if (word === 'search') settings.searches = rest;
    else if (word === 'options') settings.options = rest;
  }
  return settings;
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];
