/** A container of a pod as the runtime wants it (kubelet `kuberuntime_container.go`, generateContainerConfig). */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Container, Pod } from '../../kube/types.ts';
import type { ContainerConfig, ImageEntry, Mount } from '../runtimes/runtime.ts';
import { safePath } from '../volumes/sources.ts';
import { ConfigError, expand } from './env.ts';
import { containerLog, type Folders } from './folders.ts';
import {
  CONTAINER_NAME,
  containerHash,
  HASH,
  podLabels,
  RESTART_COUNT,
  TERMINATION_PATH,
  TERMINATION_POLICY,
} from './labels.ts';
import { linuxResources } from './resources.ts';
import { containerSecurity } from './security.ts';

export interface ContainerInput {
  pod: Pod;
  container: Container;
  attempt: number;
  image: ImageEntry;
  env: ReadonlyMap<string, string>;
  /** Host paths by volume name. */
  volumes: ReadonlyMap<string, string>;
  folders: Folders;
  /** Bytes. */
  nodeMemory: number;
}

const PROPAGATION: Record<string, Mount['propagation']> = {
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
};

export function containerConfig(input: ContainerInput): ContainerConfig {
  const { pod, container, attempt, image, env, folders } = input;
  const known = (name: string) => env.get(name);
  const path = container.terminationMessagePath || '/dev/termination-log';
  return {
    name: container.name,
    attempt,
    image: image.id,
    userImage: container.image ?? '',
    command: (container.command ?? []).map((word) => expand(word, known)),
    args: (container.args ?? []).map((word) => expand(word, known)),
    workingDir: container.workingDir ?? '',
    env: [...env].map(([key, value]) => ({ key, value })),
    mounts: [...volumeMounts(input), hostsMount(pod, container, folders), terminationMount(input, path)].filter(
      (mount): mount is Mount => mount !== undefined,
    ),
    devices: [],
    labels: { ...podLabels({ ...pod, metadata: { ...pod.metadata, labels: {} } }), [CONTAINER_NAME]: container.name },
    annotations: {
      [HASH]: containerHash(container),
      [RESTART_COUNT]: String(attempt),
      [TERMINATION_PATH]: path,
      [TERMINATION_POLICY]: container.terminationMessagePolicy ?? 'File',
    },
    logPath: containerLog(container.name, attempt),
    stdin: container.stdin ?? false,
    stdinOnce: container.stdinOnce ?? false,
    tty: container.tty ?? false,
    resources: linuxResources(pod, container, input.nodeMemory),
    security: containerSecurity(pod, container, image),
  };
}

function volumeMounts({ container, volumes, env }: ContainerInput): Mount[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const root = volumes.get(mount.name);
    if (!root) throw new ConfigError(`volume ${mount.name} of container ${container.name} is not mounted`);
    const sub = mount.subPathExpr ? expand(mount.subPathExpr, (name) => env.get(name)) : mount.subPath;
    const hostPath = sub ? join(root, safePath(sub)) : root;
    if (sub && !existsSync(hostPath)) mkdirSync(hostPath, { recursive: true, mode: 0o755 });
    return {
      containerPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
      hostPath,
      readonly: mount.readOnly ?? false,
      propagation: PROPAGATION[mount.mountPropagation ?? ''],
    };
  });
}

function hostsMount(pod: Pod, container: Container, folders: Folders): Mount | undefined {
  if ((container.volumeMounts ?? []).some(({ mountPath }) => mountPath === '/etc/hosts')) return undefined;
  const hostPath = folders.etcHosts(pod.metadata.uid ?? '');
  return {
    containerPath: '/etc/hosts',
    hostPath,
    readonly: container.securityContext?.readOnlyRootFilesystem ?? false,
  };
}

function terminationMount({ pod, container, attempt, folders }: ContainerInput, containerPath: string): Mount {
  const hostPath = folders.terminationLog(pod.metadata.uid ?? '', container.name, attempt);
  mkdirSync(dirname(hostPath), { recursive: true });
  writeFileSync(hostPath, '', { mode: 0o666 });
  return { containerPath, hostPath, readonly: false };
}
