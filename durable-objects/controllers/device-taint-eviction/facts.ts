/** Projections of devices' taints, and of the claims that hold devices. */
import type { Allocation, Slice, Taint } from '../../../kube/devices/types.ts';
import { defineIndex, defineProjection } from '../runtime/view/projection.ts';

export const CLAIMS = 'resourceclaims.resource.k8s.io';
export const SLICES = 'resourceslices.resource.k8s.io';

interface SliceTaints {
  readonly pool: string;
  readonly generation: number;
  /** Those that evict, by device. */
  readonly taints: readonly { device: string; taint: Taint }[];
}

const NONE: readonly never[] = Object.freeze([]);
/** Names a pool among those of all drivers. */
export const poolId = (driver: string, pool: string): string => `${driver}/${pool}`;

export const sliceTaints = defineProjection<SliceTaints>({
  field: 'taints',
  resource: SLICES,
  compute(object, intern) {
    const { driver, pool, devices = [] } = (object as unknown as Slice).spec;
    const taints = devices.flatMap(({ name, taints: all = [] }) =>
      all.filter(({ effect }) => effect === 'NoExecute').map((taint) => ({ device: name, taint })),
    );
    const id = intern.text(poolId(driver, pool.name));
    return { pool: id, generation: pool.generation, taints: taints.length > 0 ? taints : NONE };
  },
});

interface Held {
  /** Of the devices that it holds. */
  readonly pools: readonly string[];
  /** The names of the pods that it is reserved for. */
  readonly pods: readonly string[];
}

/** Absent of claims that are not allocated. */
export const heldDevices = defineProjection<Held>({
  field: 'held',
  resource: CLAIMS,
  compute({ status }, intern) {
    const { allocation, reservedFor = [] } = (status ?? {}) as ClaimStatus;
    if (!allocation) return undefined;
    const pools = new Set((allocation.devices?.results ?? []).map(({ driver, pool }) => poolId(driver, pool)));
    const pods = reservedFor.filter(({ apiGroup, resource }) => !apiGroup && resource === 'pods');
    return { pools: intern.value([...pools]), pods: pods.map(({ name }) => name) };
  },
});

interface ClaimStatus {
  allocation?: Allocation;
  reservedFor?: { apiGroup?: string; resource: string; name: string }[];
}

export const slicesByPool = defineIndex({
  name: 'slices by pool',
  resource: SLICES,
  values: (slice) => [sliceTaints.of(slice)?.pool ?? ''],
});

export const claimsByPool = defineIndex({
  name: 'claims by pool',
  resource: CLAIMS,
  values: (claim) => heldDevices.of(claim)?.pools ?? NONE,
});
