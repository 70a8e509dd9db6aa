/** The rules of a NetworkPolicy (`pkg/apis/networking/validation`, ValidateNetworkPolicy). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { NetworkPolicy } from '../../types.ts';
import { cidrWarnings, ipNumbers, validateCIDR } from '../validation/ip.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { validatePortNumber, validatePortNumberOrName } from '../validation/ports.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Egress = NonNullable<Spec['egress']>[number];
type Port = NonNullable<Egress['ports']>[number];
type Peer = NonNullable<Egress['to']>[number];
type Block = NonNullable<Peer['ipBlock']>;

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const TYPES = ['Ingress', 'Egress'];

type Rule = { ports?: Port[]; peers?: Peer[]; at: string; side: string };

/** The rules of both directions, with where they stand. */
function rulesOf({ ingress, egress = [] }: Spec): Rule[] {
  // The generated type has `_from` for `from`.
  const incoming = (ingress ?? []) as unknown as { ports?: Port[]; from?: Peer[] }[];
  return [
    ...incoming.map(({ ports, from }, i) => ({ ports, peers: from, at: `spec.ingress[${i}]`, side: 'from' })),
    ...egress.map(({ ports, to }, i) => ({ ports, peers: to, at: `spec.egress[${i}]`, side: 'to' })),
  ];
}

export function validateNetworkPolicy({ spec }: NetworkPolicy, old?: NetworkPolicy): FieldError[] {
  if (!spec) return [];
  const known = new Set(blocksOf(old).flatMap(({ block }) => [block.cidr, ...(block.except ?? [])]));
  const errors = [
    ...validateLabelSelector(spec.podSelector, 'spec.podSelector'),
    ...rulesOf(spec).flatMap(({ ports = [], peers = [], at, side }) => [
      ...ports.flatMap((port, i) => validatePort(port, `${at}.ports[${i}]`)),
      ...peers.flatMap((peer, i) => validatePeer(peer, `${at}.${side}[${i}]`, known)),
    ]),
  ];
  const { policyTypes = [] } = spec;
  if (policyTypes.length > TYPES.length) {
    return [
      ...errors,
      fieldError.invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes'),
    ];
  }
  for (const [index, type] of policyTypes.entries()) {
    if (!TYPES.includes(type)) errors.push(fieldError.notSupported(`spec.policyTypes[${index}]`, type, TYPES));
  }
  return errors;
}

function validatePort({ protocol, port, endPort }: Port, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    errors.push(fieldError.notSupported(`${at}.protocol`, protocol, PROTOCOLS));
  }
  if (port !== undefined && typeof port !== 'string') errors.push(...validatePortNumber(port, `${at}.port`));
  if (endPort !== undefined) {
    const field = `${at}.endPort`;
    if (port === undefined) {
      errors.push(fieldError.invalid(field, endPort, 'may not be specified when `port` is not specified'));
    } else if (typeof port === 'string') {
      errors.push(fieldError.invalid(field, endPort, 'may not be specified when `port` is non-numeric'));
    } else {
      if (endPort < port) errors.push(fieldError.invalid(field, port, 'must be greater than or equal to `port`'));
      errors.push(...validatePortNumber(endPort, field));
    }
  }
  if (typeof port === 'string') errors.push(...validatePortNumberOrName(port, `${at}.port`));
  return errors;
}

function validatePeer(peer: Peer, at: string, known: ReadonlySet<string>): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const errors = [
    ...validateLabelSelector(podSelector, `${at}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`),
    ...(ipBlock ? validateBlock(ipBlock, `${at}.ipBlock`, known) : []),
  ];
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(fieldError.required(at, 'must specify a peer'));
  else if (ipBlock && (podSelector || namespaceSelector)) {
    errors.push(fieldError.forbidden(at, 'may not specify both ipBlock and another peer'));
  }
  return errors;
}

/** Ranges that the policy had before are not looked at again. */
function validateBlock({ cidr, except = [] }: Block, at: string, known: ReadonlySet<string>): FieldError[] {
  if (!cidr) return [fieldError.required(`${at}.cidr`)];
  const check = (text: string, field: string) => (known.has(text) ? [] : validateCIDR(text, field));
  const errors = check(cidr, `${at}.cidr`);
  const outer = rangeOf(cidr);
  if (!outer) return errors;
  for (const [index, one] of except.entries()) {
    const field = `${at}.except[${index}]`;
    errors.push(...check(one, field));
    const inner = rangeOf(one);
    if (inner && !isStrictlyWithin(inner, outer)) {
      errors.push(fieldError.invalid(field, one, 'must be a strict subset of `cidr`'));
    }
  }
  return errors;
}

interface Range {
  /** As one bit string. */
  bits: string;
  length: number;
}

function rangeOf(text: string): Range | undefined {
  const [ip = '', length = '', ...more] = text.split('/');
  const numbers = ipNumbers(ip);
  if (!numbers || more.length > 0 || !/^\d+$/.test(length)) return undefined;
  const width = numbers.length === 4 ? 8 : 16;
  const bits = numbers.map((number) => number.toString(2).padStart(width, '0')).join('');
  return Number(length) <= bits.length ? { bits, length: Number(length) } : undefined;
}

const MAPPED = '0'.repeat(80) + '1'.repeat(16);

/** Whether `inner` is a part of `outer`. As for upstream, IPv4-mapped IPv6 addresses lie in ranges of IPv4. */
function isStrictlyWithin(inner: Range, outer: Range): boolean {
  const isMapped = inner.bits.startsWith(MAPPED) && inner.length >= MAPPED.length;
  const bits = isMapped && outer.bits.length === 32 ? inner.bits.slice(MAPPED.length) : inner.bits;
  if (bits.length !== outer.bits.length || outer.length >= inner.length) return false;
  return bits.slice(0, outer.length) === outer.bits.slice(0, outer.length);
}

function blocksOf(policy: NetworkPolicy | undefined): { block: Block; at: string }[] {
  if (!policy?.spec) return [];
  return rulesOf(policy.spec).flatMap(({ peers = [], at, side }) =>
    peers.flatMap(({ ipBlock }, i) => (ipBlock ? [{ block: ipBlock, at: `${at}.${side}[${i}].ipBlock` }] : [])),
  );
}

export function networkPolicyWarnings(policy: NetworkPolicy): string[] {
  return blocksOf(policy).flatMap(({ block, at }) => [
    ...cidrWarnings(block.cidr, `${at}.cidr`),
    ...(block.except ?? []).flatMap((one, index) => cidrWarnings(one, `${at}.except[${index}]`)),
  ]);
}
