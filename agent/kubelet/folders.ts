/** Where the agent keeps what belongs to pods, beneath its state folder. The same tree as kubelet's. */
import { join } from 'node:path';

export class Folders {
  readonly state: string;

  constructor(state: string) {
    this.state = state;
  }

  get pods(): string {
    return join(this.state, 'pods');
  }

  pod(uid: string): string {
    return join(this.pods, uid);
  }

  volume(uid: string, plugin: string, name: string): string {
    return join(this.pod(uid), 'volumes', `islet~${plugin}`, name);
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

/** Relative to the pod's log folder. */
export function containerLog(container: string, attempt: number): string {
  return join(container, `${attempt}.log`);
}
