/**
 * Whether a server's certificate is for the name by which it is called, as Go's client decides it (`crypto/x509`
 * VerifyHostname): by its SANs alone. Node would also take the Common Name and wildcards within a label, and would refuse
 * `*.svc`.
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';

/** The error in Go's words; undefined for a certificate that has the name. */
export function wrongIdentity(
  host: string,
  { raw, subjectaltname, subject }: Pick<PeerCertificate, 'raw' | 'subjectaltname' | 'subject'>,
): Error | undefined {
  const dns = namesOf(subjectaltname, 'DNS');
  const isRight = isIP(host) ? new X509Certificate(raw).checkIP(host) : dns.some((name) => matches(name, host));
  if (isRight) return undefined;
  const commonNames = [subject?.CN ?? []].flat();
  const isLegacy = subjectaltname === undefined && commonNames.some((name) => matchesLabels(name, labelsOf(host)));
  const why = isLegacy
    ? 'certificate relies on legacy Common Name field, use SANs instead'
    : others(host, dns, subjectaltname);
  return new Error(`tls: failed to verify certificate: x509: ${why}`);
}

/** `HostnameError`. */
function others(host: string, dns: readonly string[], subjectaltname: string | undefined): string {
  const names = isIP(host) ? namesOf(subjectaltname, 'IP Address').map(shortAddress) : dns;
  if (names.length === 0) {
    return isIP(host)
      ? `cannot validate certificate for ${host} because it doesn't contain any IP SANs`
      : `certificate is not valid for any names, but wanted to match ${host}`;
  }
  if (names.length < 100) return `certificate is valid for ${names.join(', ')}, not ${host}`;
  return `certificate is valid for ${names.length} ${isIP(host) ? 'IP SANs' : 'names'}, but none matched ${host}`;
}

/** Of the names that Node gives as `DNS:a, IP Address:127.0.0.1`, with one that has a comma in quotes. */
function namesOf(subjectaltname: string | undefined, kind: string): string[] {
  const found = (subjectaltname ?? '').matchAll(/(?:^|, )([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...found].flatMap(([, is, name = '']) => (is === kind ? [name] : []));
}

const shortAddress = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;

function matches(pattern: string, host: string): boolean {
  const isName = VALID_HOST.test(host) && VALID_PATTERN.test(pattern);
  return isName ? matchesLabels(pattern, labelsOf(host)) : pattern.toLowerCase() === host.toLowerCase();
}

/** A star is one whole label, and the first. */
function matchesLabels(pattern: string, host: readonly string[]): boolean {
  const labels = pattern.toLowerCase().split('.');
  if (labels.length !== host.length) return false;
  return labels.every((label, at) => (at === 0 && label === '*') || label === host[at]);
}

const labelsOf = (host: string): string[] => host.toLowerCase().replace(/\.$/, '').split('.');

const VALID_HOST = /^[a-z0-9_][a-z0-9_-]*(\.[a-z0-9_][a-z0-9_-]*)*\.?$/i;
const VALID_PATTERN = /^(\*\.)?[a-z0-9_][a-z0-9_-]*(\.[a-z0-9_][a-z0-9_-]*)*$/i;
