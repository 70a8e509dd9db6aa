/** The agent's folders for pods, beneath its state folder. The same tree as kubelet's. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export class Folders {
  readonly state: string;

  constructor(state: string) {
    this.state = state;
  }

  /** Tokens, Secrets and logs of all tenants lie beneath: only the agent's own user may enter. */
  prepare(): void {
    mkdirSync(this.state, { recursive: true, mode: 0o700 });
    for (const folder of [this.pods, this.logs, this.staging, this.manifests]) {
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o700);
    }
  }

  get pods(): string {
    return join(this.state, 'pods');
  }

  pod(uid: string): string {
    return join(this.pods, uid);
  }

  /** One folder a kind of volume, in each one folder a volume. */
  volumes(uid: string): string {
    return join(this.pod(uid), 'volumes');
  }

  volume(uid: string, plugin: string, name: string): string {
    return join(this.volumes(uid), pluginFolder(plugin), name);
  }

  /** The part of a volume that one of a container's mounts shows. */
  subPath(uid: string, volume: string, container: string, mount: number): string {
    return join(this.subPaths(uid), volume, container, String(mount));
  }

  subPaths(uid: string): string {
    return join(this.pod(uid), 'volume-subpaths');
  }

  /** Pods that the node runs by itself. */
  get manifests(): string {
    return join(this.state, 'manifests');
  }

  /** Profiles that pods may name (kubelet's `seccomp`). */
  get seccomp(): string {
    return join(this.state, 'seccomp');
  }

  get staging(): string {
    return join(this.state, 'staging');
  }

  /** A volume that is mounted once for all pods of the node. */
  staged(plugin: string, handle: string): string {
    return join(this.staging, pluginFolder(plugin), handle);
  }

  etcHosts(uid: string): string {
    return join(this.pod(uid), 'etc-hosts');
  }

  /** The termination message of one run of a container. */
  terminationLog(uid: string, container: string, attempt: number): string {
    return join(this.pod(uid), 'containers', container, `termination-${attempt}`);
  }

  get logs(): string {
    return join(this.state, 'logs');
  }

  /** One folder a pod, as under /var/log/pods. */
  podLogs(namespace: string, name: string, uid: string): string {
    return join(this.logs, `${namespace}_${name}_${uid}`);
  }
}

export const pluginFolder = (plugin: string): string => `islet~${plugin}`;

/** Relative to the pod's log folder. */
export function containerLog(container: string, attempt: number): string {
  return join(container, `${attempt}.log`);
}
