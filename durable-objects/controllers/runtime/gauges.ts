/** Gauges of the work queues and of the controllers, made when metrics are read. */
import type { Family } from '../../../kube/metrics/registry.ts';
import type { ControllerWorker } from './controller-worker.ts';
import type { CountPort, ReadPort } from './ports.ts';
import { queueGauges } from './queue-metrics.ts';

export function* controllerGauges(
  workers: readonly ControllerWorker[],
  read: ReadPort & CountPort,
  now: number,
): Generator<Family> {
  yield* queueGauges(workers, now);
  for (const { controller } of workers) yield* controller.gauges?.(read) ?? [];
}
