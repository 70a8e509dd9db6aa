/** Generated clusters: nodes, volumes, budgets, pods that run, and one that is to be scheduled. */
import { lateVolumes } from './late-volumes.ts';

export interface Scenario {
  nodes: Json[];
  volumes: Json[];
  claims: Json[];
  budgets: Json[];
  running: Json[];
  pending: Json;
}

// biome-ignore lint/suspicious/noExplicitAny: objects of many kinds, made here and handed on as they are.
export type Json = any;

export const PRIORITY_CLASSES: Readonly<Record<string, number>> = {
  lowest: -5,
  low: 1,
  middle: 10,
  high: 100,
  never: 100,
};
export const NAMESPACES = ['default', 'other'] as const;

const APPS = ['a', 'b', 'c'] as const;
const ZONES = ['z0', 'z1'] as const;

export class Generator {
  readonly #random: () => number;

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  scenario(): Scenario {
    const nodes = this.#times(1 + this.#below(5), (i) => this.#node(`n${i}`));
    const names = nodes.map(({ metadata }) => metadata.name as string);
    const claims = this.#maybe(0.4) ? this.#times(2, (i) => this.#claim(i)) : [];
    const volumes = claims.flatMap(({ volume, claim }) => (volume ? this.#volume(volume, claim, names) : []));
    const claimNames = claims.map((_, i) => `c${i}`);
    const running = this.#times(this.#below(12), (i) => this.#running(`e${i}`, names, claimNames));
    const pending = this.#pod('pending', 'default', this.#spec(names, claimNames, true));
    const late = this.#maybe(0.35) ? this.#late(names, pending) : { claims: [], volumes: [] };
    return {
      nodes,
      volumes: [...volumes, ...late.volumes],
      claims: [...claims.flatMap(({ claim }) => claim ?? []), ...late.claims],
      budgets: this.#maybe(0.4) ? [this.#budget()] : [],
      running: withoutPortClashes(running),
      pending,
    };
  }

  /** Some of the claims are the pod's. */
  #late(nodes: string[], pending: Json): Pick<Scenario, 'claims' | 'volumes'> {
    const chance = { below: this.#below.bind(this), maybe: this.#maybe.bind(this), pick: this.#pick.bind(this) };
    const late = lateVolumes(chance as never, nodes);
    const used = late.claims.filter(() => this.#maybe(0.7)).map(({ metadata }) => metadata.name as string);
    const volumes = used.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
    pending.spec.volumes = [...(pending.spec.volumes ?? []), ...volumes];
    return late;
  }

  #node(name: string): Json {
    const labels: Json = { 'kubernetes.io/hostname': name };
    if (this.#maybe(0.85)) labels.zone = this.#pick(...ZONES);
    if (this.#maybe(0.4)) labels.disk = 'ssd';
    if (this.#maybe(0.4)) labels['topology.kubernetes.io/zone'] = this.#pick(...ZONES);
    const taints = this.#maybe(0.25)
      ? [{ key: 't', effect: this.#pick('NoSchedule', 'NoExecute', 'PreferNoSchedule') }]
      : null;
    const allocatable = {
      cpu: this.#pick('1', '2', '4'),
      memory: this.#pick('2Gi', '4Gi', '16Gi'),
      pods: this.#pick('3', '110', '110'),
      ...(this.#maybe(0.2) ? { 'example.com/gpu': '1' } : {}),
    };
    const images = this.#maybe(0.2) ? [{ names: ['nginx:latest'], sizeBytes: 500_000_000 }] : [];
    const status = { allocatable, capacity: allocatable, conditions: [{ type: 'Ready', status: 'True' }], images };
    const spec = { taints, ...(this.#maybe(0.08) ? { unschedulable: true } : {}) };
    return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec, status };
  }

  #claim(i: number): { volume?: string; claim?: Json } {
    const state = this.#pick('bound', 'bound', 'bound', 'bound', 'volume gone', 'unbound', 'lost', 'absent');
    if (state === 'absent') return {};
    const bound = state !== 'unbound';
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: `c${i}`, ...(bound ? { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } } : {}) },
      spec: {
        accessModes: [this.#pick('ReadWriteOnce', 'ReadWriteOncePod')],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: 'manual',
        ...(bound ? { volumeName: `v${i}` } : {}),
      },
      status: { phase: { unbound: 'Pending', lost: 'Lost' }[state as string] ?? 'Bound' },
    };
    return state === 'bound' ? { volume: `v${i}`, claim } : { claim };
  }

  #volume(name: string, claim: Json, nodes: string[]): Json {
    const label = this.#pick('topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone');
    const labels = this.#maybe(0.4) ? { [label]: this.#pick('z0', 'z1', 'z0__z1') } : {};
    const { spec } = claim;
    const key = this.#pick('zone', 'kubernetes.io/hostname');
    const terms = [{ matchExpressions: [{ key, operator: 'In', values: [this.#pick(...ZONES, ...nodes)] }] }];
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, labels },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: spec.accessModes,
        hostPath: { path: '/data' },
        storageClassName: 'manual',
        claimRef: { namespace: 'default', name: claim.metadata.name },
        ...(this.#maybe(0.5) ? { nodeAffinity: { required: { nodeSelectorTerms: terms } } } : {}),
      },
    };
  }

  #budget(): Json {
    const matchLabels = { app: this.#pick(...APPS) };
    const selector = this.#maybe(0.1) ? {} : { matchLabels };
    const healthy = { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'budget' },
      spec: { minAvailable: 1, selector },
      status: { disruptionsAllowed: this.#below(2), ...healthy },
    };
  }

  #running(name: string, nodes: string[], claims: string[]): Json {
    const namespace = this.#maybe(0.15) ? 'other' : 'default';
    const spec = { ...this.#spec(nodes, namespace === 'default' ? claims : [], false), nodeName: this.#pick(...nodes) };
    const started = new Date(1.7e12 + this.#below(1_000_000) * 1000).toISOString().replace('.000', '');
    const status = this.#maybe(0.8) ? { phase: 'Running', startTime: started } : { phase: 'Succeeded' };
    return { ...this.#pod(name, namespace, spec), status };
  }

  #pod(name: string, namespace: string, spec: Json): Json {
    const metadata = { name, namespace, labels: { app: this.#pick(...APPS) } };
    return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  }

  #spec(nodes: string[], claims: string[], pending: boolean): Json {
    const requests: Json = {};
    if (this.#maybe(0.85)) requests.cpu = this.#pick('100m', '500m', '1', '1500m', '3');
    if (this.#maybe(0.5)) requests.memory = this.#pick('128Mi', '1Gi', '3Gi');
    const limits: Json = {};
    if (this.#maybe(0.08)) requests['example.com/gpu'] = limits['example.com/gpu'] = '1';
    const ports = this.#maybe(0.12) ? [{ containerPort: 80, hostPort: this.#pick(80, 81) }] : [];
    const spec: Json = { containers: [{ name: 'c', image: 'nginx', resources: { requests, limits }, ports }] };
    spec.affinity = this.#affinity(nodes, pending);
    if (pending && this.#maybe(0.1)) spec.nodeSelector = { disk: 'ssd' };
    if (this.#maybe(0.25)) spec.topologySpreadConstraints = [this.#spread()];
    if (this.#maybe(0.3)) spec.tolerations = [{ key: 't', operator: 'Exists' }];
    const classes = pending ? ['low', 'middle', 'high', 'high', 'never'] : ['lowest', 'low', 'middle', 'high'];
    if (this.#maybe(0.7)) spec.priorityClassName = this.#pick(...classes);
    if (claims.length > 0 && this.#maybe(pending ? 0.3 : 0.15)) {
      spec.volumes = [{ name: 'v', persistentVolumeClaim: { claimName: this.#pick(...claims) } }];
    }
    return spec;
  }

  #affinity(nodes: string[], pending: boolean): Json {
    const rules = (required: () => Json, preferred: () => Json): Json =>
      this.#maybe(0.7)
        ? { requiredDuringSchedulingIgnoredDuringExecution: required() }
        : { preferredDuringSchedulingIgnoredDuringExecution: preferred() };
    const ofPods = (): Json =>
      rules(
        () => [this.#term()],
        () => [{ weight: 10, podAffinityTerm: this.#term() }],
      );
    const named = (): Json => ({
      matchFields: [{ key: 'metadata.name', operator: 'In', values: [this.#pick(...nodes, 'gone')] }],
    });
    const labelled = (): Json => ({
      matchExpressions: [
        { key: this.#pick('zone', 'disk'), operator: this.#pick('In', 'NotIn'), values: [this.#pick(...ZONES, 'ssd')] },
      ],
    });
    const ofNodes = (): Json =>
      rules(
        () => ({ nodeSelectorTerms: [this.#maybe(0.3) ? named() : labelled()] }),
        () => [{ weight: 20, preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] } }],
      );
    return {
      ...(this.#maybe(0.15) ? { podAffinity: ofPods() } : {}),
      ...(this.#maybe(0.25) ? { podAntiAffinity: ofPods() } : {}),
      ...(pending && this.#maybe(0.25) ? { nodeAffinity: ofNodes() } : {}),
    };
  }

  #term(): Json {
    const where = this.#pick(
      {},
      {},
      {},
      { namespaces: ['other'] },
      { namespaceSelector: { matchLabels: { team: 'x' } } },
    );
    const topologyKey = this.#pick('zone', 'kubernetes.io/hostname');
    return { labelSelector: { matchLabels: { app: this.#pick(...APPS) } }, topologyKey, ...where };
  }

  #spread(): Json {
    const whenUnsatisfiable = this.#pick('DoNotSchedule', 'DoNotSchedule', 'ScheduleAnyway');
    return {
      maxSkew: 1 + this.#below(2),
      topologyKey: this.#pick('zone', 'kubernetes.io/hostname'),
      whenUnsatisfiable,
      labelSelector: { matchLabels: { app: this.#pick(...APPS) } },
      ...(this.#maybe(0.2) ? { nodeTaintsPolicy: 'Honor' } : {}),
      ...(whenUnsatisfiable === 'DoNotSchedule' && this.#maybe(0.2) ? { minDomains: 1 + this.#below(3) } : {}),
    };
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #maybe(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(...choices: T[]): T {
    return choices[this.#below(choices.length)] as T;
  }

  #times<T>(count: number, make: (i: number) => T): T[] {
    return Array.from({ length: count }, (_, i) => make(i));
  }
}

/** No scheduler lets two pods of a node have one host port, and what upstream makes of such is not defined. */
function withoutPortClashes(pods: Json[]): Json[] {
  const taken = new Set<string>();
  for (const { spec } of pods) {
    const [container] = spec.containers;
    const port = container.ports[0] && `${spec.nodeName}:${container.ports[0].hostPort}`;
    if (taken.has(port)) container.ports = [];
    else if (port) taken.add(port);
  }
  return pods;
}
