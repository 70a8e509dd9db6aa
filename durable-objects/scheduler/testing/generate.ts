/** Small random clusters, whose pods get in each other's way. */
import type { Node, Pod, PodSpec } from '../../../kube/types.ts';

const APPS = ['a', 'b', 'c'];
const HOST = 'kubernetes.io/hostname';

export class Generated {
  readonly #next: () => number;

  /** `next` gives numbers in [0, 1). */
  constructor(next: () => number) {
    this.#next = next;
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  often(percent: number): boolean {
    return this.below(100) < percent;
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  #maybe<T extends object>(percent: number, make: () => T): T | Record<string, never> {
    return this.often(percent) ? make() : {};
  }

  node(name: string): Node {
    const allocatable = {
      cpu: `${this.one([1000, 2000, 3000])}m`,
      memory: `${this.one([1024, 4096])}Mi`,
      pods: this.one(['3', '5', '110']),
      ...this.#maybe(40, () => ({ 'example.com/gpu': this.one(['1', '2']) })),
    };
    const labels = {
      [HOST]: name,
      ...this.#maybe(85, () => ({ zone: this.one(['x', 'y']) })),
      ...this.#maybe(50, () => ({ disk: 'ssd' })),
    };
    const taints = [
      { key: 't', value: this.one(['1', '2']), effect: this.one(['NoSchedule', 'NoExecute', 'PreferNoSchedule']) },
    ];
    const spec = { ...this.#maybe(30, () => ({ taints })), ...this.#maybe(5, () => ({ unschedulable: true })) };
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      spec,
      status: { allocatable, capacity: allocatable },
    } as unknown as Node;
  }

  pod(name: string): Pod {
    const spec = {
      priority: this.one([0, 0, 10, 100, 1000]),
      ...this.#maybe(5, () => ({ preemptionPolicy: 'Never' })),
      containers: [this.#container('c'), ...(this.often(25) ? [this.#container('d')] : [])],
      ...this.#maybe(20, () => ({ initContainers: [this.#container('i')] })),
      ...this.#maybe(15, () => ({ nodeSelector: this.one<object>([{ disk: 'ssd' }, { zone: 'x' }]) })),
      ...this.#maybe(40, () => ({ tolerations: [this.#toleration()] })),
      ...this.#maybe(30, () => ({
        topologySpreadConstraints: [this.#spread('zone'), ...(this.often(30) ? [this.#spread(HOST)] : [])],
      })),
      affinity: {
        ...this.#maybe(15, () => ({ nodeAffinity: this.#nodeAffinity() })),
        ...this.#maybe(12, () => ({ podAffinity: this.#required(this.#term()) })),
        ...this.#maybe(20, () => ({ podAntiAffinity: this.#required(this.#term()) })),
      },
    } as unknown as PodSpec;
    const metadata = {
      name,
      namespace: this.one(['n1', 'n1', 'n2']),
      uid: `uid-${name}`,
      labels: { app: this.one(APPS) },
    };
    return { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: {} } as unknown as Pod;
  }

  #container(name: string): object {
    const requests = {
      cpu: `${this.one([0, 100, 500, 900, 1500])}m`,
      memory: `${this.one([0, 64, 700, 2000])}Mi`,
      ...this.#maybe(12, () => ({ 'example.com/gpu': '1' })),
    };
    const ports = name === 'c' && this.often(15) ? [{ containerPort: 80, hostPort: this.one([8080, 8081]) }] : [];
    return { name, image: 'i', resources: { requests }, ports };
  }

  #toleration(): object {
    return this.one<object>([
      { key: 't', operator: 'Exists' },
      { key: 't', value: this.one(['1', '2']), effect: this.one(['NoSchedule', 'NoExecute']) },
      { operator: 'Exists', effect: 'NoSchedule' },
    ]);
  }

  #spread(topologyKey: string): object {
    return {
      maxSkew: 1 + this.below(2),
      topologyKey,
      whenUnsatisfiable: this.one(['DoNotSchedule', 'DoNotSchedule', 'ScheduleAnyway']),
      labelSelector: { matchLabels: { app: this.one(APPS) } },
      ...this.#maybe(20, () => ({ minDomains: 1 + this.below(3) })),
    };
  }

  #nodeAffinity(): object {
    const expression = this.one<object>([
      { key: 'zone', operator: this.one(['In', 'NotIn']), values: ['x'] },
      { key: 'disk', operator: 'Exists' },
    ]);
    return {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] },
    };
  }

  #required(term: object): object {
    return { requiredDuringSchedulingIgnoredDuringExecution: [term] };
  }

  #term(): object {
    return {
      topologyKey: this.one(['zone', HOST]),
      labelSelector: { matchLabels: { app: this.one(APPS) } },
      ...this.#maybe(20, () => ({ namespaces: ['n1', 'n2'] })),
    };
  }
}
