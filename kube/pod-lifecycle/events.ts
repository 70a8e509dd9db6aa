/**
 * Kubelet's events: reasons and texts as in 1.36 (kubelet `events/event.go`, `kuberuntime`, `images/image_manager.go`).
 */

import { goDuration } from '../machinery/time.ts';
import type { Pod } from '../types.ts';
import { containerOf, podText } from './containers.ts';

export interface PodEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** The container it is about: `spec.containers{web}`. */
  fieldPath?: string;
}

/** `spec.containers{web}`, `spec.initContainers{setup}` or `spec.ephemeralContainers{debugger}`. */
function containerFieldPath(pod: Pod, name: string): string | undefined {
  if (!containerOf(pod, name)) return undefined;
  const { initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  if (initContainers.some((container) => container.name === name)) return `spec.initContainers{${name}}`;
  if (ephemeralContainers.some((container) => container.name === name)) return `spec.ephemeralContainers{${name}}`;
  return `spec.containers{${name}}`;
}

const normal = (reason: string, message: string): PodEvent => ({ type: 'Normal', reason, message });
const warning = (reason: string, message: string): PodEvent => ({ type: 'Warning', reason, message });
const quoted = (text: string): string => JSON.stringify(text);

/** The event with its container's field path. */
export function about(pod: Pod, container: string, event: PodEvent): PodEvent {
  return { ...event, fieldPath: containerFieldPath(pod, container) };
}

export const podEvents = {
  pulling: (image: string) => normal('Pulling', `Pulling image ${quoted(image)}`),
  /** Durations in milliseconds, size in bytes. */
  pulled: (image: string, took: number, withWaiting: number, size: number) =>
    normal(
      'Pulled',
      `Successfully pulled image ${quoted(image)} in ${goDuration(took)} (${goDuration(withWaiting)} including waiting). Image size: ${size} bytes.`,
    ),
  alreadyPresent: (image: string) =>
    normal('Pulled', `Container image ${quoted(image)} already present on machine and can be accessed by the pod`),
  failedToPull: (image: string, error: string) => warning('Failed', `Failed to pull image ${quoted(image)}: ${error}`),
  /** `error` is the last one: `ErrImagePull: …`. */
  backOffPulling: (image: string, error?: string) =>
    normal('BackOff', `Back-off pulling image ${quoted(image)}${error ? `: ${error}` : ''}`),
  missingPullSecrets: (names: readonly string[]) =>
    warning(
      'FailedToRetrieveImagePullSecret',
      `Unable to retrieve some image pull secrets (${names.join(', ')}); attempting to pull the image may not succeed.`,
    ),
  neverPulled: (image: string) =>
    warning('ErrImageNeverPull', `Container image ${quoted(image)} is not present with pull policy of Never`),
  created: () => normal('Created', 'Container created'),
  started: () => normal('Started', 'Container started'),
  /**
   * Reported once more for every failed start: `Error: ErrImagePull`, `Error: ImagePullBackOff`, or the runtime's
   * words.
   */
  failed: (error: string) => warning('Failed', `Error: ${error}`),
  backOffRestarting: (pod: Pod, container: string) =>
    warning('BackOff', `Back-off restarting failed container ${container} in pod ${podText(pod)}`),
  /** `why` is the message of a kill-container action, where it has one. */
  killing: (container: string, why?: string) => normal('Killing', why ?? `Stopping container ${container}`),
  unhealthy: (kind: 'startup' | 'liveness' | 'readiness', output: string) =>
    warning('Unhealthy', `${kind.charAt(0).toUpperCase()}${kind.slice(1)} probe failed: ${output}`),
  probeError: (kind: 'startup' | 'liveness' | 'readiness', error: string) =>
    warning(
      'Unhealthy',
      `${kind.charAt(0).toUpperCase()}${kind.slice(1)} probe errored and resulted in unknown state: ${error}`,
    ),
  failedCreateSandbox: (error: string) => warning('FailedCreatePodSandBox', `Failed to create pod sandbox: ${error}`),
  sandboxChanged: () => normal('SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.'),
  failedKillPod: (error: string) => warning('FailedKillPod', `error killing pod: ${error}`),
  failedMount: (volume: string, error: string) =>
    warning('FailedMount', `MountVolume.SetUp failed for volume ${quoted(volume)} : ${error}`),
  failedPostStart: () => warning('FailedPostStartHook', 'PostStartHook failed'),
  failedPreStop: () => warning('FailedPreStopHook', 'PreStopHook failed'),
  refused: ({ reason, message }: { reason: string; message: string }) => warning(reason, message),
  deadlineExceeded: () => normal('DeadlineExceeded', 'Pod was active on the node longer than the specified deadline'),
} as const;
