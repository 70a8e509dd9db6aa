/** Autoscalers of what pods use, at their bounds, and of metrics that cannot be had: upstream looks each quarter of a minute. */
import type { Json } from '../../mutations.ts';
import {
  create,
  type PodsOptions,
  patch,
  patchPods,
  runs,
  type Scenario,
  type Step,
  scale,
  together,
  wait,
} from '../scenario.ts';
import { autoscaler, template, workload } from './objects.ts';

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

/** Of what its pods use of the CPU that they ask for; it goes down at once. */
function byUse(spec: Json = {}, behavior: Json = {}): Step {
  const target = { type: 'Utilization', averageUtilization: 50 };
  return autoscaled({
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 }, ...behavior },
    ...spec,
  });
}

const requests = { cpu: '100m', memory: '100Mi' };
const asking = (replicas: number, cpu: string, resources: Json = { requests }): Step =>
  create(
    workload('Deployment', {
      replicas,
      template: template({ 'suite/cpu': cpu }, { containers: [{ name: 'app', image: 'app:1', resources }] }),
    }),
  );
/** Pods that come later use what the template says. */
const using = (cpu: string | null, which: PodsOptions = {}): Step =>
  together(patchPods(which, { metadata: { annotations: { 'suite/cpu': cpu } } }), wait(2 * PERIOD_SECONDS + 2));

const measured: Scenario[] = [
  {
    name: 'autoscaler-use',
    steps: [asking(2, '40m'), byUse(), using('90m'), using('20m'), using('52m')],
  },
  {
    name: 'autoscaler-use-unmeasured',
    steps: [asking(3, '60m'), byUse(), using(null, { most: 1 }), using(null), using('60m')],
  },
  {
    name: 'autoscaler-use-unready',
    steps: [asking(3, '50m'), byUse(), runs({ most: 1 }, 'unready'), using('100m'), using('10m')],
  },
  {
    name: 'autoscaler-use-unasked',
    steps: [asking(2, '50m', {}), byUse(), together(patch(HPA, { spec: { minReplicas: 3 } }, 'merge'), looked)],
  },
  {
    name: 'autoscaler-use-of-memory-and-container',
    steps: [
      asking(2, '50m'),
      autoscaled({
        metrics: [
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '32Mi' } } },
          {
            type: 'ContainerResource',
            containerResource: {
              name: 'cpu',
              container: 'app',
              target: { type: 'Utilization', averageUtilization: 80 },
            },
          },
        ],
      }),
      together(patchPods({}, { metadata: { annotations: { 'suite/memory': '16Mi' } } }), wait(2 * PERIOD_SECONDS)),
    ],
  },
  {
    name: 'autoscaler-use-by-policies',
    steps: [
      asking(1, '50m'),
      byUse(
        { maxReplicas: 9 },
        {
          scaleUp: { selectPolicy: 'Min', policies: [pods(1, 15), { type: 'Percent', value: 300, periodSeconds: 15 }] },
          scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' },
        },
      ),
      together(patchPods({}, { metadata: { annotations: { 'suite/cpu': '100m' } } }), wait(5 * PERIOD_SECONDS)),
      using('10m'),
      together(
        patch(HPA, { spec: { behavior: { scaleDown: { selectPolicy: 'Max', policies: [pods(4, 15)] } } } }, 'merge'),
        wait(3 * PERIOD_SECONDS),
      ),
    ],
  },
  {
    name: 'autoscaler-use-by-tolerance',
    steps: [
      asking(4, '50m'),
      byUse({}, { scaleUp: { tolerance: '0.5' }, scaleDown: { stabilizationWindowSeconds: 0, tolerance: '0.02' } }),
      using('70m'),
      using('80m'),
      using('48m'),
    ],
  },
];

function pods(value: number, periodSeconds: number): Json {
  return { type: 'Pods', value, periodSeconds };
}

export const autoscalers: Scenario[] = [
  ...measured,
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
