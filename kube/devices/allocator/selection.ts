/** Which devices a request selects: by its class, its own expressions and their capacity (`isSelectable`). */
import { deviceMatches } from '../../machinery/cel/devices/matches.ts';
import type { AllocatedDevices } from '../allocated.ts';
import { deviceId } from '../allocated.ts';
import { type NodeIdentity, nodeMatches } from '../nodes.ts';
import type { Pool } from '../pools.ts';
import type { Claim, Class, Device, DeviceRequirements, Slice } from '../types.ts';
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

/** The answers of the expressions of classes and requests, which are the same on all nodes. */
export class SelectorAnswers {
  readonly #known = new Map<Class, Map<DeviceRequirements['selectors'], Map<Device, boolean>>>();

  of({ class: own, requirements: { selectors } }: Wanted): Map<Device, boolean> {
    const ofClass = this.#known.get(own) ?? new Map<DeviceRequirements['selectors'], Map<Device, boolean>>();
    this.#known.set(own, ofClass);
    const answers = ofClass.get(selectors) ?? new Map<Device, boolean>();
    ofClass.set(selectors, answers);
    return answers;
  }
}

export class Selection {
  readonly #node: NodeIdentity;
  readonly #allocated: AllocatedDevices;
  readonly #answers: SelectorAnswers;

  constructor(node: NodeIdentity, allocated: AllocatedDevices, answers: SelectorAnswers) {
    this.#node = node;
    this.#allocated = allocated;
    this.#answers = answers;
  }

  /** Throws an AllocationError where an expression cannot be evaluated. */
  selects(claim: Claim, wanted: Wanted, located: Located): boolean {
    const { device, slice } = located;
    const known = this.#answers.of(wanted);
    const answer = known.get(device) ?? this.#judge(claim, wanted, located);
    known.set(device, answer);
    return answer && (slice.spec.perDeviceNodeSelection !== true || nodeMatches(this.#node, device));
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
    return true;
  }
}
