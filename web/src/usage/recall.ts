/** The last hour as the agents of machines remember it (`wire/usage.ts`). */
import type { Node, Pod } from '../../../kube/types.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import { type Minutes, USAGE_HOUR_PATH } from '../../../wire/usage.ts';
import type { Sample } from './samples.ts';
import type { Subject } from './subject.ts';

export interface Recalled {
  minutes: Minutes;
}

/** The service takes so many. */
const MOST = 200;
const MINUTE_MS = 60_000;

export function isOnMachine({ spec }: Pod, nodes: readonly Node[]): boolean {
  const node = spec?.nodeName;
  if (node === undefined) return false;
  return !nodes.some((each) => each.metadata.name === node && isSimulated(each));
}

/** undefined where a part of it is simulated: what that used would be missing. */
export function recallPath(subject: Subject, pods: readonly Pod[], nodes: readonly Node[]): string | undefined {
  const query = new URLSearchParams();
  if (subject.of === 'nodes' || subject.of === 'node') {
    if (nodes.length > MOST || nodes.some(isSimulated)) return undefined;
    for (const { metadata } of nodes) query.append('node', metadata.name ?? '');
  } else {
    const running = pods.filter(({ status }) => status?.phase === 'Running');
    if (running.length > MOST || !running.every((pod) => isOnMachine(pod, nodes))) return undefined;
    query.set('namespace', subject.namespace);
    for (const { metadata } of running) query.append('pod', metadata.name ?? '');
  }
  return query.has('node') || query.has('pod') ? `${USAGE_HOUR_PATH}?${query}` : undefined;
}

/** Before `now`, which has a sample of its own. */
export function recalled(minutes: Minutes, now: number): Sample[] {
  return minutes.flatMap((minute, ago) => {
    if (!minute || ago === 0) return [];
    const [cpu, memory] = minute;
    return [{ at: now - ago * MINUTE_MS, cpu: cpu / 1e9, memory }];
  });
}
