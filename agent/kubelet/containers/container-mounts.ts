/** The mounts of a container (kubelet `kubelet_pods.go`, makeMounts). Makes the files and sub paths that they need. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Container, Pod } from '../../../kube/types.ts';
import type { Folders } from '../../files/folders.ts';
import type { Mount, Runtime } from '../../runtimes/runtime.ts';
import { safePath } from '../../volumes/sources.ts';
import { publishSubPath } from '../../volumes/sub-path.ts';
import type { PublishedVolume } from '../../volumes/volume.ts';
import { absolutePath, terminationPath } from './container-config.ts';
import { ConfigError, expand } from './env.ts';

export interface MountsInput {
  pod: Pod;
  container: Container;
  attempt: number;
  env: ReadonlyMap<string, string>;
  /** By name. */
  volumes: ReadonlyMap<string, PublishedVolume>;
  folders: Folders;
  runtime: Pick<Runtime, 'status'>;
}

type VolumeMount = NonNullable<Container['volumeMounts']>[number];

const PROPAGATION: Record<string, Mount['propagation']> = {
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
};
const HOSTS = '/etc/hosts';

/** Throws {@link ConfigError} with what may be told of it. */
export async function containerMounts(input: MountsInput): Promise<Mount[]> {
  const { pod, container, folders } = input;
  for (const { name } of container.volumeDevices ?? []) {
    throw new ConfigError(`cannot find volume "${name}" to pass into container "${container.name}"`);
  }
  const mounts: Mount[] = [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    mounts.push(await volumeMount(mount, index, input));
  }
  if (!mounts.some(({ containerPath }) => containerPath === HOSTS)) {
    const hostPath = folders.etcHosts(pod.metadata.uid ?? '');
    const readonly = container.securityContext?.readOnlyRootFilesystem ?? false;
    mounts.push({ containerPath: HOSTS, hostPath, readonly });
  }
  mounts.push({
    containerPath: terminationPath(container),
    hostPath: await terminationFile(input),
    readonly: false,
  });
  return mounts;
}

async function volumeMount(mount: VolumeMount, index: number, input: MountsInput): Promise<Mount> {
  const { pod, container, env, volumes, folders } = input;
  const volume = volumes.get(mount.name);
  if (!volume) {
    throw new ConfigError(`cannot find volume "${mount.name}" to mount into container "${container.name}"`);
  }
  const sub = mount.subPathExpr ? expandAll(mount.subPathExpr, env) : (mount.subPath ?? '');
  let hostPath = volume.path;
  if (sub) {
    hostPath = folders.subPath(pod.metadata.uid ?? '', mount.name, container.name, index);
    try {
      const path = safePath(sub.replace(/\/+$/, ''));
      await publishSubPath({
        volumePath: volume.path,
        path,
        target: hostPath,
        mount: mount.name,
        container: container.name,
      });
    } catch (error) {
      throw new ConfigError((error as Error).message, { cause: (error as Error).cause });
    }
  }
  return {
    containerPath: absolutePath(mount.mountPath),
    hostPath,
    readonly: volume.readOnly || (mount.readOnly ?? false),
    recursiveReadOnly: await recursiveReadOnly(mount, input.runtime),
    propagation: PROPAGATION[mount.mountPropagation ?? ''],
  };
}

/** `kubelet_pods.go`, resolveRecursiveReadOnly. */
async function recursiveReadOnly(mount: VolumeMount, runtime: Pick<Runtime, 'status'>): Promise<boolean> {
  const { name, readOnly, mountPropagation = 'None', recursiveReadOnly: mode = 'Disabled' } = mount;
  if (mode === 'Disabled') return false;
  const asked = `volume "${name}" requested recursive read-only mode, but it is`;
  if (!readOnly) throw new ConfigError(`${asked} not read-only`);
  if (mountPropagation !== 'None') {
    throw new ConfigError(`${asked} not compatible with propagation "${mountPropagation}"`);
  }
  const supported = (await runtime.status()).handlers.some(
    (handler) => handler.name === '' && handler.recursiveReadOnly,
  );
  if (!supported && mode === 'Enabled') throw new ConfigError(`${asked} not supported by the runtime`);
  return supported;
}

/** Unlike elsewhere, a variable that is not set is an error (`container/helpers.go`, ExpandContainerVolumeMounts). */
function expandAll(text: string, env: ReadonlyMap<string, string>): string {
  const missing: string[] = [];
  const expanded = expand(text, (name) => {
    const value = env.get(name);
    if (!value) missing.push(name);
    return value ?? '';
  });
  if (missing.length > 0) throw new ConfigError(`missing value for ${[...new Set(missing)].sort().join(', ')}`);
  return expanded;
}

/** One for each run of a container. Any user may write to it, whatever the agent's umask. */
async function terminationFile({ pod, container, attempt, folders }: MountsInput): Promise<string> {
  const path = folders.terminationLog(pod.metadata.uid ?? '', container.name, attempt);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
  await chmod(path, 0o666);
  return path;
}
