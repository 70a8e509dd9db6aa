import type { Pod } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { NONE } from '../columns/text.ts';
import type { Column } from '../define.ts';
import { restartsText, summarizePod } from './pod-summary.ts';

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const open = gates.filter(
    ({ conditionType }) => pod.status?.conditions?.find(({ type }) => type === conditionType)?.status === 'True',
  );
  return `${open.length}/${gates.length}`;
}

export const podColumns: readonly Column[] = [
  nameColumn,
  column<Pod>('Ready', 'How many containers are ready, of how many.', (pod) => {
    const { ready, total } = summarizePod(pod);
    return `${ready}/${total}`;
  }),
  column<Pod>('Status', 'What the containers of the pod are up to, in a word.', (pod) => summarizePod(pod).status),
  column<Pod>('Restarts', 'How often containers were restarted, and when that happened last.', (pod, now) =>
    restartsText(summarizePod(pod), now),
  ),
  ageColumn,
  column<Pod>('IP', 'Address of the pod.', (pod) => pod.status?.podIPs?.[0]?.ip || NONE, { wide: true }),
  column<Pod>('Node', 'Node the pod is bound to.', (pod) => pod.spec?.nodeName || NONE, { wide: true }),
  column<Pod>(
    'Nominated Node',
    'Node on which room is being made for the pod.',
    (pod) => pod.status?.nominatedNodeName || NONE,
    { wide: true },
  ),
  column<Pod>('Readiness Gates', 'How many readiness gates are open, of how many.', readinessGates, { wide: true }),
];
