/** The hosts that the service calls for others: those of the public internet, and no others. */

/** Names that no public server has. */
const LOCAL_NAMES = /^(localhost|[^.]*|.*\.(localhost|local|internal|lan|home\.arpa|svc|cluster\.local))$/;

/** IPv4 networks that are not the public internet's (RFC 6890), as [address, prefix length]. */
const RESERVED: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** `host` as `URL.hostname` has it: in lower case, IPv4 in four decimal parts, IPv6 in brackets. */
export function isPublicHost(host: string): boolean {
  if (host.startsWith('[')) return isPublicIPv6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPublicIPv4(host);
  return !LOCAL_NAMES.test(host.replace(/\.$/, ''));
}

function isPublicIPv4(address: string): boolean {
  const value = numberOf(address);
  return !RESERVED.some(([network, length]) => value >>> (32 - length) === numberOf(network) >>> (32 - length));
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);
}

/** Global unicast is 2000::/3; of that, addresses that carry an IPv4 address (6to4, Teredo) and documentation are not. */
function isPublicIPv6(address: string): boolean {
  return (
    /^[23][0-9a-f]{3}:/.test(address) &&
    !/^(2002|3fff):|^2001:(0{0,3}:|:|[0-9a-f]{1,2}:|1[0-9a-f]{2}:|db8:)/.test(address)
  );
}
