/**
 * `/metrics/resources`: what pods request and may use, as kube-scheduler tells it (`pkg/scheduler/metrics/resources`).
 */

import { keyPrefix } from '../../../kube/machinery/resource.ts';
import { gauge } from '../../../kube/metrics/registry.ts';
import { printText } from '../../../kube/metrics/text.ts';
import { isTerminal } from '../../../kube/pod-lifecycle/index.ts';
import { podLimits, podRequests } from '../../../kube/quota/evaluators/pod-resources.ts';
import type { Usage } from '../../../kube/quota/usage.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Store } from '../../store/store.ts';

/** Pods read before other requests have their turn: each is parsed. */
const PODS_A_TURN = 50;

type Row = readonly [value: number, ...labels: readonly [string, string, string, string, string, string, string]];

export function* podResources(store: Pick<Store, 'scan'>): Generator<string> {
  const requests: Row[] = [];
  const limits: Row[] = [];
  let read = 0;
  for (const { text } of store.scan({ prefix: keyPrefix('pods') })) {
    const pod = JSON.parse(text) as Pod;
    if (!pod.spec?.nodeName || !isTerminal(pod)) {
      requests.push(...rows(pod, podRequests(pod)));
      limits.push(...rows(pod, podLimits(pod)));
    }
    if (++read % PODS_A_TURN === 0) yield '';
  }
  yield* printText([gauge('kube_pod_resource_limit', limits), gauge('kube_pod_resource_request', requests)]);
}

function* rows({ metadata, spec }: Pod, usage: Usage): Generator<Row> {
  const { namespace = '', name = '' } = metadata;
  for (const [resource, { nano }] of usage) {
    if (nano === 0n) continue;
    const value = Number(nano) / 1e9;
    const priority = String(spec?.priority ?? '');
    yield [
      value,
      namespace,
      spec?.nodeName ?? '',
      name,
      priority,
      resource,
      spec?.schedulerName ?? '',
      unitOf(resource),
    ];
  }
}

const UNITS: Readonly<Record<string, string>> = {
  cpu: 'cores',
  memory: 'bytes',
  storage: 'bytes',
  'ephemeral-storage': 'bytes',
};

function unitOf(resource: string): string {
  if (resource.startsWith('hugepages-')) return 'bytes';
  if (resource.startsWith('attachable-volumes-')) return 'integer';
  return UNITS[resource] ?? '';
}
