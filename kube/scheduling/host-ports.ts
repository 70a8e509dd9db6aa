/** hostPorts: one pod per port, protocol and address of a node (`scheduler/util/utils.go`, `framework/types.go`). */
import type { Pod } from '../types.ts';

export interface HostPort {
  /** '' means every address. */
  ip: string;
  protocol: string;
  port: number;
}

const NO_PORTS: readonly HostPort[] = [];

/** The host ports that a pod holds for as long as it runs. */
export function hostPorts(pod: Pod): readonly HostPort[] {
  let ports: HostPort[] | undefined;
  const sidecars = pod.spec?.initContainers?.filter((c) => c.restartPolicy === 'Always') ?? [];
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (!hostPort) continue;
      ports ??= [];
      ports.push({ ip: hostIP === '0.0.0.0' ? '' : (hostIP ?? ''), protocol: protocol || 'TCP', port: hostPort });
    }
  }
  return ports ?? NO_PORTS;
}

export function portsClash(wanted: readonly HostPort[], taken: readonly HostPort[]): boolean {
  return taken.some((b) => wanted.some((a) => clash(a, b)));
}

function clash(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === '' || b.ip === '' || a.ip === b.ip);
}
