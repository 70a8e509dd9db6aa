/** Generated autoscalers of Deployments, by what their pods use of the CPU that they ask for. */
import { setTimeout } from 'node:timers/promises';
import type { Json } from '../../mutations.ts';
import { create, type Place, type Step, scale, together, wait } from '../scenario.ts';
import { autoscaler, workload } from '../scenarios/objects.ts';
import type { Choices, Sort } from './choices.ts';
import { changeSome } from './pods.ts';

const PERIOD_SECONDS = 15;
const USES = ['10m', '20m', '45m', '52m', '60m', '90m', '150m', null];
const PATH = '/apis/autoscaling/v2/namespaces';
const MERGE = 'application/merge-patch+json';

/** After so many looks a scale that goes in steps has come to its end. */
const looked = wait(4 * PERIOD_SECONDS + 2);

function rules(choices: Choices): Json {
  const policy = (): Json => ({
    type: choices.one(['Pods', 'Percent']),
    value: choices.one([1, 2, 50, 100, 200]),
    periodSeconds: PERIOD_SECONDS,
  });
  return {
    stabilizationWindowSeconds: 0,
    ...choices.maybe(40, () => ({ selectPolicy: choices.one(['Max', 'Min', 'Disabled']) })),
    ...choices.maybe(50, () => ({ policies: Array.from({ length: choices.between(1, 2) }, policy) })),
  };
}

function spec(choices: Choices): Json {
  const target = choices.often(70)
    ? { type: 'Utilization', averageUtilization: choices.one([30, 50, 80]) }
    : { type: 'AverageValue', averageValue: choices.one(['30m', '50m']) };
  const metric = choices.often(70)
    ? { type: 'Resource', resource: { name: 'cpu', target } }
    : { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'app', target } };
  return {
    minReplicas: choices.between(1, 3),
    maxReplicas: choices.between(3, 7),
    metrics: [metric],
    behavior: { scaleUp: rules(choices), scaleDown: rules(choices) },
  };
}

function changed(body: Json): Step {
  const change: Step = {
    name: `patch the autoscaler ${JSON.stringify(body)}`,
    async run({ side, namespace }: Place) {
      await side.send('PATCH', `${PATH}/${namespace}/horizontalpodautoscalers/web`, { spec: body }, MERGE);
    },
  };
  return together(change, looked);
}

export function autoscaled(choices: Choices): Sort {
  const annotations = { 'suite/cpu': choices.one(USES) ?? '40m' };
  const resources = { requests: { cpu: '100m' } };
  const object = workload('Deployment', {
    replicas: choices.between(0, 5),
    template: {
      metadata: { labels: { app: 'web' }, annotations },
      spec: { containers: [{ name: 'app', image: 'app:1', resources }] },
    },
  });
  const hpa = autoscaler(spec(choices));
  const created = create(hpa);
  // Upstream looks at a new one a period later, and Islet at once: so both look at the same times.
  const first: Step = {
    name: `create ${JSON.stringify(hpa)}`,
    async run(place) {
      if (place.side.name === 'islet') await setTimeout(PERIOD_SECONDS * 1000);
      await created.run(place);
      await looked.run(place);
    },
  };
  const use = (most: number): Step =>
    together(changeSome(most, { metadata: { annotations: { 'suite/cpu': choices.one(USES) } } }), looked);
  const edits = [
    () => use(9),
    () => use(9),
    () => use(9),
    () => use(1),
    () => together(scale('deployments/web', choices.between(0, 6)), looked),
    () => changed({ minReplicas: choices.between(1, 3), maxReplicas: choices.between(3, 7) }),
    () => changed({ behavior: { scaleUp: rules(choices), scaleDown: rules(choices) } }),
  ];
  let isFirst = true;
  return {
    nodes: 1,
    object,
    edit() {
      if (!isFirst) return choices.one(edits)();
      isFirst = false;
      return first;
    },
  };
}
