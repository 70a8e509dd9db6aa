import { STEERING_PREFIX } from '../../../kube/kinds/core/simulated-annotations.ts';
import { unitsOf } from '../../../kube/machinery/quantity.ts';
import type { Node } from '../../../kube/types.ts';
import type { Badge } from './tone.ts';

export function nodeStatus(node: Node): Badge {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return { text: 'NotReady', tone: 'bad' };
  return node.spec?.unschedulable ? { text: 'Cordoned', tone: 'busy' } : { text: 'Ready', tone: 'good' };
}

const MEBI = 1024 ** 2;
const GIBI = 1024 ** 3;

/** The memory that pods can have, short enough for a card: agents report exact Ki. */
export function allocatableMemory(node: Node): string {
  const { memory } = node.status?.allocatable ?? {};
  if (memory === undefined) return '?';
  const bytes = unitsOf(memory);
  return bytes < GIBI ? `${Math.round(bytes / MEBI)}Mi` : `${Math.round((bytes / GIBI) * 10) / 10}Gi`;
}

/** The node's allocatable resources, extended ones too: `4 CPU, 8Gi memory, 110 pods, 2 example.com/gpu` */
export function allocatableText(node: Node): string {
  const { cpu = '?', pods = '?', ...others } = node.status?.allocatable ?? {};
  const extended = Object.entries(others).filter(([name, amount]) => name.includes('/') && amount !== '0');
  const rest = extended.map(([name, amount]) => `, ${amount} ${name}`).join('');
  return `${cpu} CPU, ${allocatableMemory(node)} memory, ${pods} pods${rest}`;
}

/** How a simulated node is steered: `unreachable=true` */
export function steeringText({ metadata: { annotations = {} } }: Node): string {
  const own = Object.entries(annotations).filter(([key]) => key.startsWith(STEERING_PREFIX));
  return own.map(([key, text]) => `${key.slice(STEERING_PREFIX.length)}=${text}`).join(', ');
}
