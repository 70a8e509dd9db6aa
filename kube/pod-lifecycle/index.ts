/**
 * The kubelet's decisions, without its hands: the node agent and the simulated nodes both ask for a `refusal` of a
 * pod that is new to them, and then loop
 *
 *   observe → `decide` → perform actions, remembering failures with `rememberWaiting` → `podStatus` → report if it
 *   is not `sameStatus`
 *
 * All times are milliseconds since the epoch; all texts are kubelet 1.36's.
 */

export { qosClass } from '../kinds/core/pod-spec/qos.ts';
export type { DecideInput, PodAction } from './actions.ts';
export { awaitsAdmission, type Host, hostOf, isCritical, type Refusal, refusal, refusedStatus } from './admission.ts';
export {
  backOffUntil,
  CONTAINER_BACK_OFF,
  stepBackOff,
} from './back-off.ts';
export { named } from './by-name.ts';
export { KUBELET_CONDITIONS } from './conditions.ts';
export { isStarted, reportedOf } from './container-statuses.ts';
export {
  allContainers,
  appContainers,
  containerOf,
  initContainers,
  isSidecar,
  isTerminal,
  podText,
} from './containers.ts';
export { decide } from './decide.ts';
export { about, type PodEvent, podEvents } from './events.ts';
export {
  type BackOffEntry,
  forgetWaiting,
  NO_MEMORY,
  NOTHING_OBSERVED,
  newestContainer,
  type Observed,
  type ObservedContainer,
  type ObservedSandbox,
  type PodFailure,
  type PodMemory,
  rememberWaiting,
} from './observed.ts';
export {
  type ProbeKind,
  type ProbeOutcome,
  type ProbeSpec,
  type ProbeState,
  probeDueAt,
  probeSpec,
  probeTimeout,
  recordProbe,
  startProbe,
} from './probes.ts';
export { podStatus, sameStatus } from './status.ts';
