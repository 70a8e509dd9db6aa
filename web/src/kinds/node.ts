import type { Node } from '../../../kube/types.ts';
import type { Badge } from './tone.ts';

const SIMULATED = 'islet.dev/simulated';

export function isSimulated(node: Node): boolean {
  return node.metadata.labels?.[SIMULATED] === 'true';
}

export function nodeStatus(node: Node): Badge {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') return { text: 'NotReady', tone: 'bad' };
  return node.spec?.unschedulable ? { text: 'Cordoned', tone: 'busy' } : { text: 'Ready', tone: 'good' };
}
