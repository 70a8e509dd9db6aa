/** Names and name servers of a pod (`validatePodDNSConfig`, `ValidateHostAliases`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Label, isDNS1123Subdomain, isDNS1123SubdomainWithUnderscore } from '../../../machinery/names.ts';
import { exceedsUtf8 } from '../../../machinery/utf8-size.ts';
import type { PodSpec } from '../../../types.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { validateIP } from '../../validation/ip.ts';

const POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARS = 2048;

export function validateDNSPolicy({ dnsPolicy }: PodSpec, field: string): FieldError[] {
  return validateEnum(dnsPolicy, POLICIES, `${field}.dnsPolicy`);
}

export function validateDNSConfig({ dnsConfig, dnsPolicy }: PodSpec, field: string): FieldError[] {
  const at = `${field}.dnsConfig`;
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [fieldError.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (!dnsConfig.nameservers?.length) {
      const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      return [fieldError.required(`${at}.nameservers`, detail)];
    }
  }
  if (!dnsConfig) return [];
  const { nameservers = [], searches = [], options = [] } = dnsConfig;
  const errors: FieldError[] = [];
  if (nameservers.length > MAX_NAMESERVERS) {
    const detail = `must not have more than ${MAX_NAMESERVERS} nameservers`;
    errors.push(fieldError.invalid(`${at}.nameservers`, nameservers, detail));
  }
  for (const [index, ip] of nameservers.entries()) errors.push(...validateIP(ip, `${at}.nameservers[${index}]`));
  if (searches.length > MAX_SEARCHES) {
    const detail = `must not have more than ${MAX_SEARCHES} search paths`;
    errors.push(fieldError.invalid(`${at}.searches`, searches, detail));
  }
  if (exceedsUtf8([searches.join(' ')], MAX_SEARCH_CHARS)) {
    const detail = `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`;
    errors.push(fieldError.invalid(`${at}.searches`, searches, detail));
  }
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.replace(/\.$/, '');
    errors.push(...invalidEach(`${at}.searches[${index}]`, name, isDNS1123SubdomainWithUnderscore(name)));
  }
  for (const [index, { name }] of options.entries()) {
    if (!name) errors.push(fieldError.required(`${at}.options[${index}]`, 'must not be empty'));
  }
  return errors;
}

export function validateHostNames({ hostname, subdomain }: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (hostname) errors.push(...invalidEach(`${field}.hostname`, hostname, isDNS1123Label(hostname)));
  if (subdomain) errors.push(...invalidEach(`${field}.subdomain`, subdomain, isDNS1123Label(subdomain)));
  return errors;
}

/** The longest host name that Linux takes. */
const MAX_HOST_NAME = 64;

/** `validatePodHostName` */
export function validateHostnameOverride(spec: PodSpec, field: string): FieldError[] {
  const { hostnameOverride: name, setHostnameAsFQDN, hostNetwork } = spec;
  if (name === undefined) return [];
  const at = `${field}.hostnameOverride`;
  const forbidden = (what: string) => [fieldError.forbidden(at, `may not be specified when ${what} is true`)];
  return [
    ...(setHostnameAsFQDN ? forbidden('setHostnameAsFQDN') : []),
    ...(hostNetwork ? forbidden('hostNetwork') : []),
    ...(exceedsUtf8([name], MAX_HOST_NAME) ? [fieldError.tooLong(at, MAX_HOST_NAME)] : []),
    ...invalidEach(at, name, isDNS1123Subdomain(name)),
  ];
}

export function validateHostAliases({ hostAliases }: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { ip = '', hostnames = [] }] of (hostAliases ?? []).entries()) {
    const at = `${field}.hostAliases[${index}]`;
    errors.push(...validateIP(ip, `${at}.ip`));
    for (const [position, name] of hostnames.entries()) {
      errors.push(...invalidEach(`${at}.hostnames[${position}]`, name, isDNS1123Subdomain(name)));
    }
  }
  return errors;
}
