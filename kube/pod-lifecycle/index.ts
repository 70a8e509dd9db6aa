/**
 * The kubelet's decisions, without its hands: the node agent and the simulated nodes both loop
 *
 *   observe → `decide` → perform actions, remembering failures with `rememberWaiting` → `podStatus` → report if it
 *   is not `sameStatus`
 *
 * All times are milliseconds since the epoch; all texts are kubelet 1.36's.
 */

export type { DecideInput, Decision, PodAction } from './actions.ts';
export {
  type BackOffLimits,
  backOffUntil,
  CONTAINER_BACK_OFF,
  goDuration,
  stepBackOff,
} from './back-off.ts';
export { podConditions } from './conditions.ts';
export { containerStatuses, isReady, isStarted, terminatedState, timeText } from './container-statuses.ts';
export {
  allContainers,
  appContainers,
  type ContainerKind,
  containerOf,
  initContainers,
  isSidecar,
  isTerminal,
  podText,
  restartsAfter,
} from './containers.ts';
export { decide } from './decide.ts';
export { about, containerFieldPath, type PodEvent, podEvents } from './events.ts';
export {
  type BackOffEntry,
  forgetWaiting,
  NO_MEMORY,
  NOTHING_OBSERVED,
  newestContainer,
  type Observed,
  type ObservedContainer,
  type ObservedSandbox,
  type PodMemory,
  previousContainer,
  rememberWaiting,
} from './observed.ts';
export { type Phase, podPhase } from './phase.ts';
export {
  type ProbeKind,
  type ProbeSpec,
  type ProbeState,
  type ProbeVerdict,
  probeDueAt,
  probeSpec,
  probeTimeout,
  recordProbe,
  startProbe,
} from './probes.ts';
export { qosClass } from './qos.ts';
export { type PodStatusInput, podStatus, sameStatus } from './status.ts';
export { graceDeadline, stopPod } from './stop.ts';
