/** The devices that claims hold (`plugins/dynamicresources/allocateddevices.go`). */
import { type Amounts, addAmounts } from './allocator/capacity.ts';
import type { Allocation, Result } from './types.ts';

/** Names a device among those of all drivers. */
export function deviceId(driver: string, pool: string, device: string): string {
  return `${driver}/${pool}/${device}`;
}

/** An allocation with administrative access leaves its devices to others. */
export function heldBy(allocation: Allocation | undefined): Result[] {
  return (allocation?.devices?.results ?? []).filter(({ adminAccess }) => !adminAccess);
}

export class AllocatedDevices {
  /** The number of claims that hold a device for themselves. */
  readonly #owners = new Map<string, number>();
  readonly #shares = new Map<string, { count: number; amounts?: Amounts }>();

  /** A claim gets (1) or gives back (-1) what it holds. */
  add(held: readonly Result[], sign: 1 | -1): void {
    for (const { driver, pool, device, shareID, consumedCapacity } of held) {
      const id = deviceId(driver, pool, device);
      if (shareID === undefined) count(this.#owners, id, sign);
      else this.#share(id, consumedCapacity, sign);
    }
  }

  /** By one claim for itself. */
  isOwned(id: string): boolean {
    return this.#owners.has(id);
  }

  isUsed(id: string): boolean {
    return this.#owners.has(id) || this.#shares.has(id);
  }

  /** The capacity that shares of the device take together; undefined where they take nothing. */
  taken(id: string): Amounts | undefined {
    return this.#shares.get(id)?.amounts;
  }

  #share(id: string, consumed: Result['consumedCapacity'], sign: 1 | -1): void {
    const share = this.#shares.get(id) ?? { count: 0 };
    share.count += sign;
    if (consumed) {
      share.amounts ??= new Map();
      addAmounts(share.amounts, consumed, sign === 1 ? 1n : -1n);
    }
    if (share.count > 0) this.#shares.set(id, share);
    else this.#shares.delete(id);
  }
}

function count(counts: Map<string, number>, id: string, sign: 1 | -1): void {
  const next = (counts.get(id) ?? 0) + sign;
  if (next > 0) counts.set(id, next);
  else counts.delete(id);
}
