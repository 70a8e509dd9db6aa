/** Counters that devices of a pool use up together (`checkAvailableCounters`). */
import { parseQuantity } from '../../machinery/quantity.ts';
import { type AllocatedDevices, deviceId } from '../allocated.ts';
import { type Pool, poolName } from '../pools.ts';
import type { Device } from '../types.ts';

/** Billionths of units by counter set and counter. */
type Counters = Map<string, Map<string, bigint>>;

const nanoOf = (text: string): bigint => parseQuantity(text)?.nano ?? 0n;

function add(to: Counters, { consumesCounters = [] }: Device, sign: 1n | -1n): void {
  for (const { counterSet, counters } of consumesCounters) {
    const set = to.get(counterSet) ?? new Map<string, bigint>();
    for (const [name, { value }] of Object.entries(counters)) {
      set.set(name, (set.get(name) ?? 0n) + sign * nanoOf(value));
    }
    to.set(counterSet, set);
  }
}

/** The rest of a pool's counters beside the devices that claims hold, on whatever node they are. */
export class AvailableCounters {
  readonly #allocated: AllocatedDevices;
  readonly #ofPools = new Map<string, Counters>();

  constructor(allocated: AllocatedDevices) {
    this.#allocated = allocated;
  }

  of(pool: Pool): Counters {
    const known = this.#ofPools.get(poolName(pool));
    if (known) return known;
    const left: Counters = new Map();
    for (const { name, counters } of pool.counterSets.values()) {
      left.set(name, new Map(Object.entries(counters).map(([counter, { value }]) => [counter, nanoOf(value)])));
    }
    for (const { spec } of pool.everywhere) {
      for (const device of spec.devices ?? []) {
        if (this.#allocated.isUsed(deviceId(spec.driver, spec.pool.name, device.name))) add(left, device, -1n);
      }
    }
    this.#ofPools.set(poolName(pool), left);
    return left;
  }
}

/** The counters that the devices of one attempt use up. */
export class ConsumedCounters {
  readonly #available: AvailableCounters;
  readonly #ofPools = new Map<string, Counters>();

  constructor(available: AvailableCounters) {
    this.#available = available;
  }

  /** Whether no counter of the pool is used up beyond what there is; if so, the device is counted. */
  take(pool: Pool, device: Device): boolean {
    const consumed = this.#ofPools.get(poolName(pool)) ?? new Map();
    this.#ofPools.set(poolName(pool), consumed);
    add(consumed, device, 1n);
    for (const [set, counters] of this.#available.of(pool)) {
      for (const [name, left] of counters) {
        if (left >= (consumed.get(set)?.get(name) ?? 0n)) continue;
        add(consumed, device, -1n);
        return false;
      }
    }
    return true;
  }

  giveBack(pool: Pool, device: Device): void {
    add(this.#ofPools.get(poolName(pool)) ?? new Map(), device, -1n);
  }
}
