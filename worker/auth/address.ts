/**
 * The name of the object of a client's address: a keyed hash, so that no store of the service has the address. Of IPv6
 * the first 64 bits count, which a provider gives to one customer at least.
 */
import type { AddressRpc } from '../../wire/address-rpc.ts';
import { type Callable, rpcOf } from '../../wire/rpc-call.ts';
import type { EdgeRequest, Env } from '../env.ts';

const NO_ADDRESS = 'unknown';
const encoder = new TextEncoder();

export async function addressName(request: EdgeRequest, env: Env): Promise<string> {
  const address = clientAddress(request, env);
  const secret = encoder.encode(`islet address ${env.ISLET_SIGNING_KEY ?? ''}`);
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(networkOf(address))));
  return `a-${Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** The object that counts those who come from an address. */
export function counterOf(env: Env, address: string): AddressRpc {
  return rpcOf<AddressRpc>(env.ADDRESS.getByName(address) as unknown as Callable);
}

/** '' where it is not known: only a proxy that the operator has named is believed, since clients can send any header. */
export function clientAddress({ headers }: Pick<EdgeRequest, 'headers'>, env: Env): string {
  const header = env.ISLET_ADDRESS_HEADER;
  return header ? (headers.get(header)?.split(',').at(-1)?.trim() ?? '') : '';
}

/** An IPv4 address, or the first four groups of an IPv6 address. */
export function networkOf(address: string): string {
  const text = address.toLowerCase().replace(/^\[|\]$|%.*$/g, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
  if (mapped) return mapped;
  if (!text.includes(':')) return text === '' ? NO_ADDRESS : text;
  const [head = '', tail] = text.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':');
    while (groups.length + last.length < 8) groups.push('0');
    groups.push(...last);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
