/** Autoscalers at their bounds, and with metrics that cannot be had: upstream looks each quarter of a minute. */
import type { Json } from '../../mutations.ts';
import { create, patch, type Scenario, type Step, scale, together, wait } from '../scenario.ts';
import { autoscaler, workload } from './objects.ts';

const WEB = 'deployments/web';
const HPA = 'horizontalpodautoscalers/web';
const PERIOD_SECONDS = 15;
const looked = wait(PERIOD_SECONDS + 2);

/** Upstream looks at a new one a period later, and Islet at once. */
function autoscaled(spec: Json = {}): Step {
  const created = create(autoscaler(spec));
  return {
    name: created.name,
    async run(place) {
      const before = wait(place.side.name === 'islet' ? PERIOD_SECONDS : 0);
      const after = wait(place.side.name === 'islet' ? 2 : PERIOD_SECONDS + 2);
      for (const step of [before, created, after]) await step.run(place);
    },
  };
}

export const autoscalers: Scenario[] = [
  {
    name: 'autoscaler-below-its-bounds',
    steps: [create(workload('Deployment', { replicas: 1 })), autoscaled({ minReplicas: 3 })],
  },
  {
    name: 'autoscaler-above-its-bounds',
    steps: [create(workload('Deployment', { replicas: 7 })), autoscaled()],
  },
  {
    name: 'autoscaler-of-none',
    steps: [autoscaled()],
  },
  {
    name: 'autoscaler-of-nothing-known',
    steps: [autoscaled({ scaleTargetRef: { apiVersion: 'made.up/v1', kind: 'Thing', name: 'web' } })],
  },
  {
    name: 'autoscaler-without-metrics',
    steps: [create(workload('Deployment', { replicas: 2 })), autoscaled()],
  },
  {
    name: 'autoscaler-of-zero',
    steps: [create(workload('Deployment', { replicas: 0 })), autoscaled(), together(scale(WEB, 2), looked)],
  },
  {
    name: 'autoscaler-metrics-of-all-sorts',
    steps: [
      create(workload('Deployment', { replicas: 2 })),
      autoscaled({
        metrics: [
          { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '3' } } },
          {
            type: 'Object',
            object: {
              metric: { name: 'hits' },
              describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
              target: { type: 'Value', value: '3' },
            },
          },
          {
            type: 'External',
            external: {
              metric: { name: 'depth', selector: { matchLabels: { a: 'b' } } },
              target: { type: 'Value', value: '3' },
            },
          },
        ],
      }),
      together(patch(HPA, { spec: { maxReplicas: 1, minReplicas: 1 } }, 'merge'), looked),
    ],
  },
];
