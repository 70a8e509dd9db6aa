/** A container of a pod as the runtime wants it (kubelet `kuberuntime_container.go`, generateContainerConfig). */
import type { Container, EphemeralContainer, Pod } from '../../../kube/types.ts';
import { containerLog } from '../../files/folders.ts';
import type { ContainerConfig, ContainerSecurity, ImageEntry, Mount } from '../../runtimes/runtime.ts';
import {
  CONTAINER_NAME,
  containerHash,
  HASH,
  type Owner,
  podLabels,
  RESTART_COUNT,
  TERMINATION_PATH,
  TERMINATION_POLICY,
} from '../labels.ts';
import { ConfigError, expand } from './env.ts';
import { linuxResources } from './resources.ts';
import { containerSecurity } from './security.ts';

export interface ContainerInput {
  pod: Pod;
  container: Container;
  attempt: number;
  image: ImageEntry;
  env: ReadonlyMap<string, string>;
  mounts: Mount[];
  /** Bytes. */
  nodeMemory: number;
  owner: Owner;
  /** The folder of the node's seccomp profiles. */
  seccompFolder: string;
}

export function containerConfig(input: ContainerInput): ContainerConfig {
  const { pod, container, attempt, image, env, mounts, owner } = input;
  const known = (name: string) => env.get(name);
  return {
    name: container.name,
    attempt,
    image: image.id,
    userImage: container.image ?? '',
    command: (container.command ?? []).map((word) => expand(word, known)),
    args: (container.args ?? []).map((word) => expand(word, known)),
    workingDir: container.workingDir ?? '',
    env: [...env].map(([key, value]) => ({ key, value })),
    mounts,
    devices: [],
    labels: {
      ...podLabels({ ...pod, metadata: { ...pod.metadata, labels: {} } }, owner),
      [CONTAINER_NAME]: container.name,
    },
    annotations: {
      [HASH]: containerHash(container),
      [RESTART_COUNT]: String(attempt),
      [TERMINATION_PATH]: terminationPath(container),
      [TERMINATION_POLICY]: container.terminationMessagePolicy ?? 'File',
    },
    logPath: containerLog(container.name, attempt),
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    stopSignal: container.lifecycle?.stopSignal,
    resources: linuxResources(pod, container, input.nodeMemory),
    security: besideTarget(pod, container, containerSecurity(pod, container, image, input.seccompFolder)),
  };
}

/** An ephemeral container may see the processes of another one. */
function besideTarget(pod: Pod, container: Container, security: ContainerSecurity): ContainerSecurity {
  const { targetContainerName: name } = container as EphemeralContainer;
  if (!name) return security;
  const id = pod.status?.containerStatuses?.find((status) => status.name === name)?.containerID;
  if (!id) throw new ConfigError(`unable to find target container ${JSON.stringify(name)}`);
  const target = id.slice(id.indexOf('://') + '://'.length);
  return { ...security, namespaces: { ...security.namespaces, pid: 'TARGET', target } };
}

export const terminationPath = (container: Container): string =>
  absolutePath(container.terminationMessagePath || '/dev/termination-log');

export const absolutePath = (path: string): string => (path.startsWith('/') ? path : `/${path}`);
