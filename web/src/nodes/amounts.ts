/** The sum of the requests of a node's pods. */
import { aggregate } from '../../../kube/kinds/core/pod-spec/resources.ts';
import { milliOf, unitsOf } from '../../../kube/machinery/quantity.ts';
import type { Node, Pod } from '../../../kube/types.ts';

export interface Amount {
  used: number;
  most: number;
}

export interface Asked {
  /** In cores. */
  cpu: Amount;
  /** In bytes. */
  memory: Amount;
  pods: Amount;
}

/** `pods`: those that are bound to the node. One that has ended asks for nothing. */
export function askedOf(node: Node, pods: readonly Pod[]): Asked {
  const { cpu = '0', memory = '0', pods: most = '0' } = node.status?.allocatable ?? {};
  const asked: Asked = {
    cpu: { used: 0, most: milliOf(cpu) / 1000 },
    memory: { used: 0, most: unitsOf(memory) },
    pods: { used: 0, most: unitsOf(most) },
  };
  for (const { spec, status } of pods) {
    if (!spec || status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
    const requests = aggregate(spec as Parameters<typeof aggregate>[0], 'requests');
    asked.cpu.used += milliOf(requests.cpu) / 1000;
    asked.memory.used += unitsOf(requests.memory ?? '0');
    asked.pods.used += 1;
  }
  return asked;
}

const GIBI = 1024 ** 3;

export function memoryText(bytes: number): string {
  if (bytes > 0 && bytes < GIBI) return `${Math.round(bytes / 1024 ** 2)}Mi`;
  return `${Math.round((bytes / GIBI) * 10) / 10}Gi`;
}

export function cpuText(cores: number): string {
  return String(Math.round(cores * 100) / 100);
}
