/** Which devices a request selects: by its class, its own expressions and their capacity (`isSelectable`). */
import { deviceMatches } from '../../machinery/cel/devices/matches.ts';
import type { AllocatedDevices } from '../allocated.ts';
import { deviceId } from '../allocated.ts';
import { type NodeIdentity, nodeMatches } from '../nodes.ts';
import type { Pool } from '../pools.ts';
import type { Claim, Device, Slice } from '../types.ts';
import { type Amounts, suffices } from './capacity.ts';
import { AllocationError, claimText, type Wanted } from './requests.ts';

/** A device with its place. */
export interface Located {
  id: string;
  device: Device;
  slice: Slice;
  pool: Pool;
}

export function locate(pool: Pool, slice: Slice, device: Device): Located {
  return { id: deviceId(pool.driver, pool.name, device.name), device, slice, pool };
}

export class Selection {
  readonly #node: NodeIdentity;
  readonly #allocated: AllocatedDevices;
  /** The answers, which do not change while claims are allocated on a node. */
  readonly #known = new Map<Wanted, Map<string, boolean>>();

  constructor(node: NodeIdentity, allocated: AllocatedDevices) {
    this.#node = node;
    this.#allocated = allocated;
  }

  /** Throws an AllocationError where an expression cannot be evaluated. */
  selects(claim: Claim, wanted: Wanted, located: Located): boolean {
    let known = this.#known.get(wanted);
    if (!known) {
      known = new Map();
      this.#known.set(wanted, known);
    }
    const { id } = located;
    const answer = known.get(id) ?? this.#judge(claim, wanted, located);
    known.set(id, answer);
    return answer;
  }

  /** `allocating`: what the claims that are being allocated take of the device. */
  hasCapacity({ requirements }: Wanted, { id, device }: Located, allocating: Amounts | undefined): boolean {
    const others = [this.#allocated.taken(id), allocating].filter((amounts) => amounts !== undefined);
    return suffices(requirements, device.capacity ?? {}, others);
  }

  #judge(claim: Claim, wanted: Wanted, { device, slice }: Located): boolean {
    const { class: own, requirements } = wanted;
    const input = { ...device, driver: slice.spec.driver };
    for (const [about, selectors = []] of [
      [`class ${own.metadata.name}`, own.spec?.selectors],
      [`claim ${claimText(claim)}`, requirements.selectors],
    ] as const) {
      for (const [i, { cel }] of selectors.entries()) {
        const matches = deviceMatches(cel?.expression ?? '', input);
        if (typeof matches !== 'boolean') throw new AllocationError(`${about}: selector #${i}: ${matches.error}`);
        if (!matches) return false;
      }
    }
    return slice.spec.perDeviceNodeSelection !== true || nodeMatches(this.#node, device);
  }
}
