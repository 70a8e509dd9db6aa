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
