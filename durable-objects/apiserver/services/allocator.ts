/**
 * The cluster IPs and node ports that are taken. Kept in memory from the log of Services, and rebuilt by a scan on the
 * first use after a wake: the objects themselves are the truth, so nothing can leak. Addresses come from the ServiceCIDRs
 * that are ready, and none that an IPAddress has, be it another's (upstream
 * `pkg/registry/core/service/{ipallocator,portallocator}`).
 */

import { type IPRange, parseRange, printIPv4, staticBand } from '../../../kube/kinds/networking/ip-range.ts';
import { IP_ADDRESSES } from '../../../kube/kinds/networking/service-addresses.ts';
import { parseIPv4 } from '../../../kube/kinds/validation/ip.ts';
import { keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { Service, ServiceCIDR } from '../../../kube/types.ts';
import type { Store } from '../../store/store.ts';

export const NODE_PORTS = { first: 30000, last: 32767 } as const;
const STATIC_PORTS = 86;
const SERVICES = keyPrefix('services');
const RANGES = keyPrefix('servicecidrs.networking.k8s.io');

/** The addresses and ports that one write takes; given back unless it was committed. */
export interface Claims {
  /** Gives back the values that this write took so far: it runs again. */
  reset(): void;
  /** Ranges that addresses come from now, as their ServiceCIDRs print them. */
  readonly ranges: readonly string[];
  /** Whether a range has this address. */
  inRange(ip: string): boolean;
  /** Throws nothing: undefined means taken (when `wanted`) or none left. */
  ip(wanted?: string): string | undefined;
  port(wanted?: number): number | undefined;
  end(): void;
}

export interface ServiceAllocator {
  /** `key` is the Service's own: it may keep its values. */
  claim(key: string): Claims;
}

interface Range {
  text: string;
  first: number;
  last: number;
  /** Addresses from here on are given first. */
  dynamic: number;
}

export function makeServiceAllocator(store: Store, random: () => number): ServiceAllocator {
  /** Keys of Services by the IPs and ports that they have, as text. */
  const owners = new Map<string, string>();
  const held = new Map<string, string[]>();
  const pending = new Map<string, symbol>();
  let loaded = false;
  let ranges: readonly Range[] | undefined;

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
    for (const { key, text } of store.scan({ prefix: SERVICES })) record(key, text);
  }

  function rangesNow(): readonly Range[] {
    ranges ??= store.list({ prefix: RANGES }).items.flatMap(({ text }) => rangesOf(JSON.parse(text) as ServiceCIDR));
    return ranges;
  }

  store.onCommit((entries) => {
    for (const { key, change, text } of entries) {
      if (loaded && key.startsWith(SERVICES)) record(key, change === 'delete' ? undefined : text);
      else if (key.startsWith(RANGES)) ranges = undefined;
    }
  });
  // An update claims within its group, so what it read may be taken back.
  store.onRollback(() => {
    owners.clear();
    held.clear();
    loaded = false;
    ranges = undefined;
  });

  return {
    claim(key) {
      load();
      const token = Symbol(key);
      const mine: string[] = [];
      const take = (value: string): boolean => {
        const owner = owners.get(value);
        const waiting = pending.get(value);
        // Several writes of one Service may be under way: each keeps what it has.
        if (owner === key) return true;
        if (owner !== undefined || (waiting !== undefined && waiting !== token)) return false;
        pending.set(value, token);
        mine.push(value);
        return true;
      };
      /** For a value that was not asked for: it is none that this Service has already, for another port of its own. */
      const takeFree = (value: string): boolean => !owners.has(value) && !pending.has(value) && take(value);
      const takeAddress = (ip: string): boolean => {
        if (owners.get(ip) !== key && store.get(keyOf(IP_ADDRESSES, '', ip))) return false;
        return take(ip);
      };
      const takeFreeAddress = (ip: string): boolean => !store.get(keyOf(IP_ADDRESSES, '', ip)) && takeFree(ip);
      const reset = (): void => {
        for (const value of mine) if (pending.get(value) === token) pending.delete(value);
        mine.length = 0;
      };
      return {
        reset,
        end: reset,
        get ranges() {
          return rangesNow().map(({ text }) => text);
        },
        inRange(ip) {
          const value = numberOf(ip);
          return value !== undefined && rangesNow().some(({ first, last }) => value >= first && value <= last);
        },
        ip(wanted) {
          if (wanted !== undefined) return takeAddress(wanted) ? wanted : undefined;
          for (const { first, last, dynamic } of rangesNow()) {
            const free = pick(dynamic, last, first, random, (value) => takeFreeAddress(printIPv4(value)));
            if (free !== undefined) return printIPv4(free);
          }
          return undefined;
        },
        port(wanted) {
          if (wanted !== undefined) return take(String(wanted)) ? wanted : undefined;
          const { first, last } = NODE_PORTS;
          return pick(first + STATIC_PORTS, last, first, random, (n) => takeFree(String(n)));
        },
      };
    },
  };
}

/** The IPv4 ranges of a ServiceCIDR that stays, and of which nothing says that it is not ready. */
function rangesOf({ metadata, spec, status }: ServiceCIDR): Range[] {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if ((ready && ready.status !== 'True') || metadata.deletionTimestamp) return [];
  return (spec?.cidrs ?? []).flatMap((text) => {
    const range = parseRange(text);
    return range?.version === 4 ? numbersOf(text, range) : [];
  });
}

function numbersOf(text: string, range: IPRange): Range {
  const first = Number(range.first);
  return { text, first, last: Number(range.last), dynamic: first + staticBand(range) };
}

function numberOf(ip: string): number | undefined {
  return parseIPv4(ip)?.reduce((value, byte) => value * 256 + byte, 0);
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
  for (let candidate = lowest; candidate < Math.min(first, last + 1); candidate++)
    if (take(candidate)) return candidate;
  return undefined;
}

function takenBy({ spec }: Service): string[] {
  const ips = spec?.clusterIPs ?? (spec?.clusterIP ? [spec.clusterIP] : []);
  const ports = (spec?.ports ?? []).map(({ nodePort }) => nodePort);
  const values = [...ips.filter((ip) => ip !== '' && ip !== 'None'), ...ports, spec?.healthCheckNodePort];
  return values.filter((value) => value).map(String);
}
