/** Gauges of autoscalers (upstream `podautoscaler/monitor/metrics.go`). */
import { type Family, gauge } from '../../../kube/metrics/registry.ts';
import type { HorizontalPodAutoscaler } from '../../../kube/types.ts';
import type { ReadPort } from '../runtime/ports.ts';
import { objects } from '../runtime/view/pages.ts';

export function autoscalerGauges(read: ReadPort): Family[] {
  const all = [...objects<HorizontalPodAutoscaler>(read, 'horizontalpodautoscalers.autoscaling')];
  const decided = all.filter(({ status }) => status?.desiredReplicas !== undefined);
  return [
    gauge('horizontal_pod_autoscaler_controller_num_horizontal_pod_autoscalers', [[all.length]]),
    gauge(
      'horizontal_pod_autoscaler_controller_desired_replicas',
      decided.map(({ metadata: { name = '', namespace = '' }, status }) => {
        return [status?.desiredReplicas ?? 0, name, namespace] as const;
      }),
    ),
  ];
}
