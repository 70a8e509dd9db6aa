/**
 * Requests and limits as cgroup settings (kubelet `kuberuntime_container_linux.go`, `cm/helpers_linux.go`,
 * `qos/policy.go`).
 */
import { milliOf, unitsOf } from '../../../kube/machinery/quantity.ts';
import { qosClass } from '../../../kube/pod-lifecycle/index.ts';
import type { Container, Pod } from '../../../kube/types.ts';
import type { LinuxResources } from '../../runtimes/runtime.ts';

const PERIOD = 100_000;
const MIN_SHARES = 2;
const MAX_SHARES = 262_144;
const MIN_QUOTA = 1000;

/** `nodeMemory` in bytes, for how soon the kernel kills it when memory runs out. */
export function linuxResources(pod: Pod, container: Container, nodeMemory: number): LinuxResources {
  const { requests = {} } = container.resources ?? {};
  // A container without limits of its own has its pod's (kubelet `util/util.go`, GetLimits).
  const { cpu, memory } = { ...pod.spec?.resources?.limits, ...container.resources?.limits };
  const cpuLimit = milliOf(cpu);
  // A limit without a request is the request as well.
  const cpuRequest = requests?.cpu === undefined ? cpuLimit : milliOf(requests.cpu);
  return {
    cpuPeriod: PERIOD,
    cpuQuota: cpuLimit > 0 ? Math.max(MIN_QUOTA, Math.floor((cpuLimit * PERIOD) / 1000)) : 0,
    cpuShares:
      cpuRequest === 0
        ? MIN_SHARES
        : Math.min(MAX_SHARES, Math.max(MIN_SHARES, Math.floor((cpuRequest * 1024) / 1000))),
    memoryLimitInBytes: unitsOf(memory),
    oomScoreAdj: oomScore(pod, unitsOf(requests?.memory ?? memory), nodeMemory),
  };
}

function oomScore(pod: Pod, memoryRequest: number, nodeMemory: number): number {
  const quality = qosClass(pod.spec);
  if (quality === 'Guaranteed') return -997;
  if (quality === 'BestEffort') return 1000;
  const score = 1000 - Math.floor((1000 * memoryRequest) / nodeMemory);
  return Math.min(999, Math.max(3, score));
}
