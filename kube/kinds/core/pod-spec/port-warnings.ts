/** Warnings about ports that several definitions name (`pkg/api/pod/warnings.go`). */
import type { Container } from '../../../types.ts';

/** A header has no room for more, and pairs grow with the square of the ports. */
const MAX_WARNINGS = 200;

interface Use {
  order: number;
  field: string;
  hostPort: number;
  hostIP: string;
}

/** The uses of one port of containers so far, as many as are told. */
class Earlier {
  readonly #uses = new Map<string, Use[]>();

  add(use: Use): void {
    const { hostPort, hostIP } = use;
    for (const key of ['', `${hostPort}`, `${hostPort} ${hostIP}`]) {
      const uses = this.#uses.get(key) ?? [];
      if (uses.length < MAX_WARNINGS) this.#uses.set(key, [...uses, use]);
    }
  }

  /** Those that such a port would be mixed up with, in order. */
  like(hostPort: number, hostIP: string): Use[] {
    const keys =
      hostPort === 0 ? [''] : ['0', ...(hostIP === '' ? [`${hostPort}`] : [`${hostPort} `, `${hostPort} ${hostIP}`])];
    return keys.flatMap((key) => this.#uses.get(key) ?? []).sort((a, b) => a.order - b.order);
  }
}

export interface At {
  container: Container;
  field: string;
}

export function portWarnings(containers: readonly At[]): string[] {
  const warnings: string[] = [];
  const ports = containers.flatMap(({ container, field }) =>
    (container.ports ?? []).map((port, index) => ({ port, field: `${field}.ports[${index}]` })),
  );
  if (ports.length === 0) return warnings;
  const before = new Map<string, Earlier>();
  for (const [order, each] of ports.entries()) {
    const { port, field } = each;
    const [hostPort, hostIP] = [port.hostPort ?? 0, port.hostIP ?? ''];
    if (hostIP !== '' && hostPort === 0) {
      const { name = '', containerPort, protocol } = port;
      const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
      warnings.push(`${field}: hostIP set without hostPort: ${shown}`);
    }
    const key = `${port.containerPort}/${port.protocol}`;
    const earlier = before.get(key) ?? new Earlier();
    before.set(key, earlier);
    for (const other of earlier.like(hostPort, hostIP)) {
      if (warnings.length >= MAX_WARNINGS) break;
      const isSame = hostPort === other.hostPort && hostIP === other.hostIP;
      const isOpen = hostPort === 0 || other.hostPort === 0;
      const what = isSame ? 'duplicate' : isOpen ? 'overlapping' : 'dangerously ambiguous';
      warnings.push(`${field}: ${what} port definition with ${other.field}`);
    }
    earlier.add({ order, field, hostPort, hostIP });
  }
  const names = new Map<string, string>();
  for (const { port, field } of ports) {
    if (!port.name) continue;
    const first = names.get(port.name);
    if (first === undefined) names.set(port.name, field);
    else {
      const name = JSON.stringify(port.name);
      const use = `services and probes that select ports by name will use ${first}`;
      warnings.push(`${field}: duplicate port name ${name} with ${first}, ${use}`);
    }
  }
  return warnings;
}
