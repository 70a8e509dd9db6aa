/** Warnings about ports that several definitions name (`pkg/api/pod/warnings.go`). */
import type { Container } from '../../../types.ts';

/** A header has no room for more, and pairs grow with the square of the ports. */
const MAX_WARNINGS = 200;

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
  const alike = new Map<string, typeof ports>();
  for (const each of ports) {
    const { port, field } = each;
    const [hostPort, hostIP] = [port.hostPort ?? 0, port.hostIP ?? ''];
    if (hostIP !== '' && hostPort === 0) {
      const { name = '', containerPort, protocol } = port;
      const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
      warnings.push(`${field}: hostIP set without hostPort: ${shown}`);
    }
    const others = alike.get(`${port.containerPort}/${port.protocol}`) ?? [];
    alike.set(`${port.containerPort}/${port.protocol}`, others);
    for (const other of others) {
      if (warnings.length >= MAX_WARNINGS) break;
      const [otherPort, otherIP] = [other.port.hostPort ?? 0, other.port.hostIP ?? ''];
      if (hostPort === otherPort && hostIP === otherIP) {
        warnings.push(`${field}: duplicate port definition with ${other.field}`);
      } else if (hostPort === 0 || otherPort === 0) {
        warnings.push(`${field}: overlapping port definition with ${other.field}`);
      } else if (hostPort === otherPort && (hostIP === '') !== (otherIP === '')) {
        warnings.push(`${field}: dangerously ambiguous port definition with ${other.field}`);
      }
    }
    others.push(each);
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
