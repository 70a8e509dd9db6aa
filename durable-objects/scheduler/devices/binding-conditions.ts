/** Devices that their driver prepares before the pod is bound (KEP-5007). */
import type { Result } from '../../../kube/devices/types.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import type { DeviceClaim, DeviceStatus } from './pod-claims.ts';

const resultsOf = ({ status }: DeviceClaim): Result[] => status?.allocation?.devices?.results ?? [];

export function hasBindingConditions(claim: DeviceClaim): boolean {
  return resultsOf(claim).some(({ bindingConditions }) => (bindingConditions?.length ?? 0) > 0);
}

/** A text is the reason why the device will not become ready (`isClaimReadyForBinding`). */
export function readyForBinding(claim: DeviceClaim): boolean | string {
  for (const result of resultsOf(claim)) {
    if (!result.bindingConditions?.length) continue;
    const status = claim.status?.devices?.find((one) => isOf(one, result));
    if (!status) return false;
    const conditions = new Map((status.conditions ?? []).map((condition) => [condition.type, condition]));
    const failed = (result.bindingFailureConditions ?? [])
      .map((type) => conditions.get(type))
      .find((condition) => condition?.status === 'True');
    if (failed) {
      const { reason = '', message = '' } = failed;
      const what = `claim=${claim.metadata.name}, reason=${reason}, message=${JSON.stringify(message)}`;
      return `device binding failed: ${what}`;
    }
    if (!result.bindingConditions.every((type) => conditions.get(type)?.status === 'True')) return false;
  }
  return true;
}

function isOf(status: DeviceStatus, { driver, pool, device }: Result): boolean {
  return status.driver === driver && status.pool === pool && status.device === device;
}

/** Milliseconds until the claim is given up, `timeout` after its allocation; infinity where it waits for nothing. */
export function untilGivenUp(claim: DeviceClaim, timeout: number, now: number): number {
  const since = claim.status?.allocation?.allocationTimestamp;
  if (since === undefined || !hasBindingConditions(claim)) return Number.POSITIVE_INFINITY;
  return timeOf(since) + timeout - now;
}
