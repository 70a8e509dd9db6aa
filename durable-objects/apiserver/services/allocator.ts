/**
 * The cluster IPs and node ports that are taken. Kept in memory from the log of Services, and rebuilt by a scan on the
 * first use after a wake: the objects themselves are the truth, so nothing can leak
 * (upstream keeps bitmaps: `pkg/registry/core/service/{ipallocator,portallocator}`).
 */
import { parseIPv4 } from '../../../kube/kinds/validation/ip.ts';
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import type { Service } from '../../../kube/types.ts';
import type { Store } from '../../store/store.ts';

export const NODE_PORTS = { first: 30000, last: 32767 } as const;
/** 10.96.0.0/16 */
const FIRST_IP = (ipToNumber('10.96.0.0') ?? 0) + 1;
const LAST_IP = (ipToNumber('10.96.255.255') ?? 0) - 1;
/** The lower part is left for addresses that are asked for by name, as upstream's `calculateRangeOffset`. */
const STATIC_BAND = 256;
const STATIC_PORTS = 86;
const PREFIX = keyPrefix('services');

/** The addresses and ports that one write takes; given back unless it was committed. */
export interface Claims {
  /** Gives back the values that this write took so far: it runs again. */
  reset(): void;
  /** Throws nothing: undefined means taken (when `wanted`) or none left. */
  ip(wanted?: string): string | undefined;
  port(wanted?: number): number | undefined;
  end(): void;
}

export interface ServiceAllocator {
  /** `key` is the Service's own: it may keep its values. */
  claim(key: string): Claims;
}

function ipToNumber(text: string): number | undefined {
  return parseIPv4(text)?.reduce((value, byte) => value * 256 + byte, 0);
}

function numberToIp(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export function isServiceIp(ip: string): boolean {
  const value = ipToNumber(ip);
  return value !== undefined && value >= FIRST_IP && value <= LAST_IP;
}

export function makeServiceAllocator(store: Store, random: () => number): ServiceAllocator {
  /** Keys of Services by the IPs and ports that they have, as text. */
  const owners = new Map<string, string>();
  const held = new Map<string, string[]>();
  const pending = new Map<string, symbol>();
  let loaded = false;

  function record(key: string, text: string | undefined): void {
    for (const one of held.get(key) ?? []) if (owners.get(one) === key) owners.delete(one);
    held.delete(key);
    if (text === undefined) return;
    const taken = takenBy(JSON.parse(text) as Service);
    if (taken.length === 0) return;
    held.set(key, taken);
    for (const one of taken) owners.set(one, key);
  }

  function load(): void {
    if (loaded) return;
    loaded = true;
    for (const { key, text } of store.list({ prefix: PREFIX }).items) record(key, text);
  }

  store.onCommit((entries) => {
    if (!loaded) return;
    for (const { key, change, text } of entries) {
      if (key.startsWith(PREFIX)) record(key, change === 'delete' ? undefined : text);
    }
  });

  return {
    claim(key) {
      load();
      const token = Symbol(key);
      const mine: string[] = [];
      const take = (value: string): boolean => {
        const owner = owners.get(value);
        const waiting = pending.get(value);
        if ((owner !== undefined && owner !== key) || (waiting !== undefined && waiting !== token)) return false;
        pending.set(value, token);
        mine.push(value);
        return true;
      };
      const reset = (): void => {
        for (const value of mine) if (pending.get(value) === token) pending.delete(value);
        mine.length = 0;
      };
      return {
        reset,
        end: reset,
        ip(wanted) {
          if (wanted !== undefined) return take(wanted) ? wanted : undefined;
          const free = pick(FIRST_IP + STATIC_BAND, LAST_IP, FIRST_IP, random, (n) => take(numberToIp(n)));
          return free === undefined ? undefined : numberToIp(free);
        },
        port(wanted) {
          if (wanted !== undefined) return take(String(wanted)) ? wanted : undefined;
          const { first, last } = NODE_PORTS;
          return pick(first + STATIC_PORTS, last, first, random, (n) => take(String(n)));
        },
      };
    },
  };
}

/** A free candidate at random from the upper part, or from the lower one when that is full. */
function pick(
  first: number,
  last: number,
  lowest: number,
  random: () => number,
  take: (candidate: number) => boolean,
): number | undefined {
  const size = last - first + 1;
  const start = Math.floor(random() * size);
  for (let i = 0; i < size; i++) {
    const candidate = first + ((start + i) % size);
    if (take(candidate)) return candidate;
  }
  for (let candidate = lowest; candidate < first; candidate++) if (take(candidate)) return candidate;
  return undefined;
}

function takenBy({ spec }: Service): string[] {
  const ips = spec?.clusterIPs ?? (spec?.clusterIP ? [spec.clusterIP] : []);
  const ports = (spec?.ports ?? []).map(({ nodePort }) => nodePort);
  const values = [...ips.filter((ip) => ip !== '' && ip !== 'None'), ...ports, spec?.healthCheckNodePort];
  return values.filter((value) => value).map(String);
}
