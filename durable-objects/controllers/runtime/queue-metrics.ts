/** Counts of one work queue, by upstream's name of it (client-go `util/workqueue/metrics.go`). */
import { type Family, gauge, type Histogram, type Registry, type Value } from '../../../kube/metrics/registry.ts';
import type { Clock } from './ports.ts';
import type { QueueObserver, WorkQueue } from './queue.ts';

/** Names of upstream's queues, where they are not the controller's. */
const QUEUES: Readonly<Record<string, string>> = {
  'certificate-controller': 'certificate',
  'clusterrole-aggregation-controller': 'ClusterRoleAggregator',
  'customresourcedefinition-controller': 'crd_naming_condition_controller',
  'customresourcedefinition-finalizer': 'crd_finalizer',
  'deployment-controller': 'deployment',
  'disruption-controller': 'disruption',
  'endpoint-controller': 'endpoint',
  'endpointslice-controller': 'endpoint_slice',
  'endpointslicemirroring-controller': 'endpoint_slice_mirroring',
  'flow-schema-controller': 'priority_and_fairness_config_queue',
  'generic-garbage-collector': 'garbage_collector_attempt_to_delete',
  'namespace-controller': 'namespace',
  'node-lifecycle-controller': 'node_lifecycle_controller',
  'pod-garbage-collector': 'orphaned_pods_nodes',
  'pv-protection-controller': 'pvprotection',
  'pvc-protection-controller': 'pvcprotection',
  'replicaset-controller': 'replicaset',
  'replication-controller': 'replicationmanager',
  'resourcequota-controller': 'resourcequota_primary',
  'root-ca-cert-publisher': 'root_ca_cert_publisher',
  'service-account-controller': 'serviceaccount',
  'service-cidrs-controller': 'servicecidrs',
  'service-ip-controller': 'ipaddresses',
  'serviceaccount-token-controller': 'serviceaccount_tokens_service',
  'taint-eviction-controller': 'noexec_taint_pod',
  'volumeattributesclass-protection-controller': 'vacprotection',
};

interface Kept {
  generation: number;
  adds: Value;
  waited: Histogram;
  worked: Histogram;
}

export class QueueMetrics implements QueueObserver {
  readonly name: string;
  readonly #registry: Registry;
  readonly #clock: Clock;
  #kept: Kept | undefined;

  constructor(registry: Registry, clock: Clock, controller: string) {
    this.name = QUEUES[controller] ?? controller;
    this.#registry = registry;
    this.#clock = clock;
  }

  added(): number {
    this.#series().adds.value++;
    return this.#clock.now();
  }

  started(readyAt: number): number {
    const now = this.#clock.now();
    this.#series().waited.observe((now - readyAt) / 1000);
    return now;
  }

  finished(startedAt: number): void {
    this.#series().worked.observe((this.#clock.now() - startedAt) / 1000);
  }

  retried(): void {
    this.#registry.count('workqueue_retries_total', this.name);
  }

  #series(): Kept {
    const { generation } = this.#registry;
    if (this.#kept?.generation !== generation) {
      this.#kept = {
        generation,
        adds: this.#registry.value('workqueue_adds_total', this.name),
        waited: this.#registry.histogram('workqueue_queue_duration_seconds', this.name),
        worked: this.#registry.histogram('workqueue_work_duration_seconds', this.name),
      };
    }
    return this.#kept;
  }
}

/** How the queues are now. */
export function* queueGauges(
  workers: readonly { metrics: QueueMetrics; queue: WorkQueue }[],
  now: number,
): Generator<Family> {
  const values = (of: (queue: WorkQueue) => number) =>
    workers.map(({ metrics, queue }) => [of(queue), metrics.name] as const);
  const seconds = (queue: WorkQueue) => queue.startTimes().map((startedAt) => (now - startedAt) / 1000);
  yield gauge(
    'workqueue_depth',
    values((queue) => queue.depth),
  );
  yield gauge(
    'workqueue_longest_running_processor_seconds',
    values((queue) => Math.max(0, ...seconds(queue))),
  );
  yield gauge(
    'workqueue_unfinished_work_seconds',
    values((queue) => seconds(queue).reduce((all, one) => all + one, 0)),
  );
}
