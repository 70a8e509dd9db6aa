/** Random clusters and pods, the same for a seed: few names and values, so that they meet. */
import type { Json } from '../mutations.ts';
import { EXTENDED } from './devices.ts';
import { volumes } from './generate-volumes.ts';

/** Numbers from 0 to 1 that look random. */
export type Chance = () => number;

export const ZONE = 'topology.kubernetes.io/zone';
export const HOST = 'kubernetes.io/hostname';
export const NAMESPACES: Readonly<Record<string, Record<string, string>>> = {
  'suite-one': { team: 'a', 'resource.k8s.io/admin-access': 'true' },
  'suite-two': { team: 'b' },
};
/** Priorities by class; the last never preempts. */
export const PRIORITIES: Readonly<Record<string, number>> = { low: -10, high: 1000, patient: 500 };
const APPS = ['web', 'db', 'job'];
const GIB = 2 ** 30;

export class Generator {
  readonly #chance: Chance;
  readonly #schedulers: readonly string[];

  constructor(chance: Chance, schedulers: readonly string[]) {
    this.#chance = chance;
    this.#schedulers = schedulers;
  }

  one<T>(values: readonly T[]): T {
    return values[Math.floor(this.#chance() * values.length)] as T;
  }

  /** True so often, of 100 times. */
  often(percent: number): boolean {
    return this.#chance() * 100 < percent;
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.#chance() * (high - low + 1));
  }

  #maybe(percent: number, make: () => object): object {
    return this.often(percent) ? make() : {};
  }

  node(name: string): Json {
    const resources = {
      cpu: `${this.between(10, 80)}00m`,
      memory: String(this.between(2, 16) * GIB - this.between(0, 999)),
      pods: this.one(['3', '6', '110']),
      'ephemeral-storage': `${this.between(1, 20)}Gi`,
      ...this.#maybe(40, () => ({ 'example.com/gpu': String(this.between(1, 4)) })),
      ...this.#maybe(30, () => ({ [EXTENDED]: String(this.between(1, 2)) })),
    };
    const labels = {
      [HOST]: name,
      ...this.#maybe(85, () => ({ [ZONE]: this.one(['z1', 'z2', 'z3']) })),
      ...this.#maybe(60, () => ({ disk: this.one(['ssd', 'hdd']), rank: String(this.between(1, 9)) })),
    };
    const taints = this.often(30)
      ? [
          {
            key: 'kind',
            value: this.one(['x', 'y']),
            effect: this.one(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
          },
        ]
      : [];
    const images = ['nginx:1', 'big:latest', 'docker.io/redis:7'].filter(() => this.often(40));
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      spec: { ...(taints.length > 0 ? { taints } : {}), ...this.#maybe(8, () => ({ unschedulable: true })) },
      status: {
        capacity: resources,
        allocatable: resources,
        images: images.map((image) => ({ names: [image], sizeBytes: this.between(20, 3000) * 2 ** 20 })),
      },
    };
  }

  pod(name: string): Json {
    const init = this.often(15) ? [this.#container('init', this.often(50) ? { restartPolicy: 'Always' } : {})] : [];
    const spec = {
      ...this.#maybe(60, () => ({ schedulerName: this.one(this.#schedulers) })),
      containers: [this.#container('app'), ...(this.often(20) ? [this.#container('more')] : [])],
      ...(init.length > 0 ? { initContainers: init } : {}),
      ...this.#maybe(10, () => ({ resources: { requests: { cpu: `${this.between(6, 20)}00m`, memory: '3Gi' } } })),
      ...this.#maybe(55, () => ({ priorityClassName: this.one(Object.keys(PRIORITIES)) })),
      ...this.#maybe(25, () => ({
        nodeSelector: this.one<object>([{ disk: 'ssd' }, { [ZONE]: 'z1' }, { disk: 'none' }]),
      })),
      ...this.#maybe(35, () => ({ tolerations: [this.#toleration()] })),
      ...this.#maybe(25, () => ({
        topologySpreadConstraints: [this.#spread(), ...(this.often(30) ? [this.#spread()] : [])],
      })),
      ...this.#maybe(45, () => ({ affinity: this.#affinity() })),
      ...this.#maybe(25, () => ({ volumes: volumes(this) })),
    };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: this.one(Object.keys(NAMESPACES)),
        labels: { app: this.one(APPS), ...this.#maybe(50, () => ({ version: this.one(['1', '2']) })) },
      },
      spec: withoutClashes(spec),
    };
  }

  /** One that asks for nothing but devices, or for nothing at all. */
  plainPod(name: string): Json {
    const namespace = this.one(Object.keys(NAMESPACES));
    const limits = { [EXTENDED]: String(this.between(1, 2)) };
    const resources = this.often(25) ? { limits } : {};
    const spec = { containers: [{ name: 'app', image: 'nginx:1', resources }] };
    return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: {} }, spec };
  }

  service(name: string): Json {
    const spec = { selector: { app: this.one(APPS) }, ports: [{ port: 80 }] };
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: this.one(Object.keys(NAMESPACES)) },
      spec,
    };
  }

  budget(name: string): Json {
    const selector = this.one<object>([{ matchLabels: { app: this.one(APPS) } }, {}]);
    const metadata = { name, namespace: this.one(Object.keys(NAMESPACES)) };
    const status = { disruptionsAllowed: this.between(0, 1), currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { minAvailable: 1, selector },
      status,
    };
  }

  #container(name: string, more: object = {}): Json {
    const requests = {
      ...this.#maybe(70, () => ({ cpu: `${this.between(0, 25)}50m` })),
      ...this.#maybe(70, () => ({ memory: `${this.between(10, 4000)}Mi` })),
      ...this.#maybe(15, () => ({ 'ephemeral-storage': `${this.between(1, 9)}Gi` })),
    };
    const extended = this.one(['example.com/gpu', EXTENDED]);
    const gpu = this.often(20) ? { [extended]: String(this.between(1, 3)) } : {};
    const hostPort = {
      containerPort: 80,
      hostPort: this.between(8080, 8081),
      ...this.#maybe(40, () => ({ hostIP: '10.0.0.1' })),
    };
    return {
      name,
      image: this.one(['nginx:1', 'big', 'docker.io/redis:7', 'other:2']),
      resources: { requests: { ...requests, ...gpu }, limits: gpu },
      ...(name === 'app' && this.often(15) ? { ports: [hostPort] } : {}),
      ...more,
    };
  }

  #toleration(): Json {
    return this.one<Json>([
      { key: 'kind', operator: 'Exists' },
      { key: 'kind', value: this.one(['x', 'y']), effect: this.one(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) },
      { operator: 'Exists', effect: this.one(['NoSchedule', 'PreferNoSchedule']) },
      { key: 'node.kubernetes.io/unschedulable', operator: 'Exists' },
    ]);
  }

  #selector(): Json {
    return this.one<Json>([
      { matchLabels: { app: this.one(APPS) } },
      { matchExpressions: [{ key: 'version', operator: this.one(['Exists', 'DoesNotExist']) }] },
      { matchExpressions: [{ key: 'app', operator: this.one(['In', 'NotIn']), values: [this.one(APPS)] }] },
      {},
    ]);
  }

  #spread(): Json {
    const whenUnsatisfiable = this.one(['DoNotSchedule', 'ScheduleAnyway']);
    return {
      maxSkew: this.between(1, 2),
      topologyKey: this.one([ZONE, HOST]),
      whenUnsatisfiable,
      labelSelector: this.#selector(),
      ...(whenUnsatisfiable === 'DoNotSchedule' ? this.#maybe(30, () => ({ minDomains: this.between(1, 4) })) : {}),
      ...this.#maybe(25, () => ({ nodeAffinityPolicy: this.one(['Honor', 'Ignore']) })),
      ...this.#maybe(25, () => ({ nodeTaintsPolicy: this.one(['Honor', 'Ignore']) })),
      ...this.#maybe(20, () => ({ matchLabelKeys: ['version'] })),
    };
  }

  #podTerm(): Json {
    return {
      topologyKey: this.one([ZONE, HOST]),
      labelSelector: this.#selector(),
      ...this.#maybe(15, () => ({ namespaces: [this.one(Object.keys(NAMESPACES))] })),
      ...this.#maybe(20, () => ({ namespaceSelector: this.one<object>([{}, { matchLabels: { team: 'a' } }]) })),
      ...this.#maybe(10, () => ({ matchLabelKeys: ['version'] })),
      ...this.#maybe(10, () => ({ mismatchLabelKeys: ['app'] })),
    };
  }

  #nodeTerm(): Json {
    return this.one<Json>([
      { matchExpressions: [{ key: 'disk', operator: this.one(['Exists', 'DoesNotExist']) }] },
      { matchExpressions: [{ key: ZONE, operator: this.one(['In', 'NotIn']), values: ['z1', 'z3'] }] },
      { matchExpressions: [{ key: 'rank', operator: this.one(['Gt', 'Lt']), values: ['4'] }] },
      {
        matchFields: [{ key: 'metadata.name', operator: this.one(['In', 'NotIn']), values: [this.one(['n1', 'n2'])] }],
      },
    ]);
  }

  #affinity(): Json {
    const required = 'requiredDuringSchedulingIgnoredDuringExecution';
    const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
    const weighted = () => ({ weight: this.between(1, 100), podAffinityTerm: this.#podTerm() });
    return {
      ...this.#maybe(30, () => ({
        nodeAffinity: {
          ...this.#maybe(60, () => ({
            [required]: { nodeSelectorTerms: [this.#nodeTerm(), ...(this.often(30) ? [this.#nodeTerm()] : [])] },
          })),
          [preferred]: [{ weight: this.between(1, 100), preference: this.#nodeTerm() }],
        },
      })),
      ...this.#maybe(40, () => ({
        podAffinity: {
          ...this.#maybe(35, () => ({ [required]: [this.#podTerm()] })),
          [preferred]: [weighted(), weighted()],
        },
      })),
      ...this.#maybe(40, () => ({
        podAntiAffinity: { ...this.#maybe(50, () => ({ [required]: [this.#podTerm()] })), [preferred]: [weighted()] },
      })),
    };
  }
}

/** Drops what the API would refuse. */
function withoutClashes(spec: Json): Json {
  const constraints = spec.topologySpreadConstraints as Json[] | undefined;
  const kinds = constraints?.map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`) ?? [];
  if (constraints && new Set(kinds).size < kinds.length) constraints.pop();
  return spec;
}
