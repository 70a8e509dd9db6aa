/**
 * Deployments whose template and size users change while they roll, whose pods fail and are evicted, in an object that
 * dies at any write: at no revision does a rollout leave its bounds.
 */
import { expect, test } from 'vitest';
import type { Deployment, Pod, ReplicaSet } from '../../kube/types.ts';
import { sizeOf } from '../controllers/deployment/replica-sets.ts';
import { rolloutOf } from '../controllers/deployment/rollout.ts';
import { type Actions, type Course, HELD, led, seeds } from './chaos.ts';
import { allOf, history, isControlledBy, type State, type Written } from './history.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const PODS = '/api/v1/namespaces/default/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const SETS = '/apis/apps/v1/namespaces/default/replicasets';
const STEPS = 60;

/** The actions of users and nodes. `harms` has those that take away pods which a rollout counts on. */
const actions =
  (harms: boolean): Actions =>
  (cluster, next) => {
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    const below = (count: number) => Math.floor(next() * count);
    const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
    const bounds = () => ({ maxSurge: pick([0, 1, 3, '25%', '100%']), maxUnavailable: pick([1, 2, '0%', '40%']) });
    const create = () => {
      const labels = { app: 'x' };
      const containers = [{ name: 'c', image: 'i' }];
      const spec = {
        replicas: 1 + below(12),
        minReadySeconds: pick([0, 0, 3]),
        strategy: { rollingUpdate: bounds() },
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: pick([0, 5]), containers } },
      };
      return send(`POST ${DEPLOYMENTS}`, { metadata: { name: 'x' }, spec });
    };
    const change = (spec: object) => send(`PATCH ${DEPLOYMENTS}/x`, { spec }, MERGE);
    const roll = () => {
      const ready = pick([
        {},
        {},
        { 'islet.dev/simulated-ready-after': '4' },
        { 'islet.dev/simulated-ready': 'false' },
      ]);
      const usual = { 'islet.dev/simulated-ready-after': null, 'islet.dev/simulated-ready': null };
      return change({ template: { metadata: { annotations: { ...usual, ...ready, version: String(below(4)) } } } });
    };
    const somePod = async (act: (path: string, name: string) => Promise<unknown>) => {
      // The Deployment knows of all that happened before: what it asked for meanwhile would count on the pod.
      await cluster.advance(HELD);
      const pods = await cluster.list<Pod>(PODS);
      if (pods.length === 0) return;
      const { name = '' } = pick(pods).metadata;
      await act(`${PODS}/${name}`, name);
    };
    const fail = (path: string) => {
      const status = pick([
        { phase: 'Failed', reason: 'Lost' },
        { conditions: [{ type: 'Ready', status: 'False', reason: 'Lost' }] },
      ]);
      return send(`PATCH ${path}/status`, { status }, STRATEGIC);
    };
    const evict = (path: string, name: string) =>
      send(`POST ${path}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } });
    const usual = [
      create,
      create,
      roll,
      roll,
      roll,
      () => change({ replicas: 1 + below(12) }),
      () => change({ strategy: { rollingUpdate: bounds() } }),
      () => change({ paused: next() < 0.3 }),
      () => change({ minReadySeconds: pick([0, 3]) }),
      () => cluster.advance(below(10_000)),
    ];
    if (!harms) return usual;
    return [...usual, () => somePod(fail), () => somePod(evict), () => somePod((path) => send(`DELETE ${path}`))];
  };

/** What the Deployment asked for at any time since nothing was left to do: a run may still act on it. */
class Wanted {
  #specs: Deployment[] = [];

  see({ key, after }: Written, isQuiet: boolean): void {
    if (isQuiet) this.#specs.splice(0, this.#specs.length - 1);
    if (key.startsWith('deployments.apps/') && after) this.#specs.push(after as Deployment);
  }

  get most(): number {
    return Math.max(...this.#rollouts().map(({ replicas, maxSurge }) => replicas + maxSurge));
  }

  /** No bound where it is scaled, or paused: then all sets shrink in proportion, available or not. */
  get least(): number {
    const [first] = this.#specs;
    if (this.#specs.some(({ spec }) => spec?.paused || spec?.replicas !== first?.spec?.replicas)) return 0;
    return Math.min(...this.#rollouts().map(({ replicas, maxUnavailable }) => replicas - maxUnavailable));
  }

  #rollouts() {
    return this.#specs.map((deployment) => rolloutOf(deployment, 0));
  }
}

/** The pods that sets may count on once they are as large as they shall be. */
const available = (state: State): number =>
  allOf<ReplicaSet>(state, 'replicasets.apps').reduce((sum, set) => sum + Math.min(sizeOf(set), availableOf(set)), 0);
const availableOf = ({ status }: ReplicaSet): number => status?.availableReplicas ?? 0;
const total = (state: State): number =>
  allOf<ReplicaSet>(state, 'replicasets.apps').reduce((sum, set) => sum + sizeOf(set), 0);

/** The writes that were out of bounds. */
function outOfBounds({ cluster, quiet }: Course): unknown[] {
  const wrong: unknown[] = [];
  const wanted = new Wanted();
  let next = 0;
  for (const { written, state } of history(cluster)) {
    const { key, resource, by, before, after, revision } = written;
    const isQuiet = revision > (quiet[next] ?? Number.POSITIVE_INFINITY);
    while (revision > (quiet[next] ?? Number.POSITIVE_INFINITY)) next++;
    wanted.see(written, isQuiet);
    if (resource !== 'replicasets.apps' || !after || by !== 'deployment-controller') continue;
    const set = after as ReplicaSet;
    const grew = sizeOf(set) - (before ? sizeOf(before as ReplicaSet) : 0);
    const { most, least } = wanted;
    if (grew > 0 && total(state) > most) wrong.push({ revision, key, total: total(state), most });
    // Pods that are not available go at any time.
    const losesAvailable = grew < 0 && sizeOf(set) < availableOf(set);
    if (losesAvailable && available(state) < least) wrong.push({ revision, key, available: available(state), least });
  }
  return wrong;
}

test.each(seeds(2, 35, 37, 64))(
  'a rollout keeps to maxSurge and maxUnavailable at each revision, whatever happens (%i)',
  async (seed) => {
    const course = await led(seed, actions(seed % 2 === 0), STEPS);
    const { cluster } = course;
    expect(outOfBounds(course)).toEqual([]);
    const end = { paused: false, template: { metadata: { annotations: { 'islet.dev/simulated-ready': null } } } };
    await cluster.send(`PATCH ${DEPLOYMENTS}/x`, { spec: end }, MERGE);
    await cluster.advance(30 * 60_000);
    const [web] = await cluster.list<Deployment>(DEPLOYMENTS);
    const { replicas, updatedReplicas, availableReplicas } = web?.status ?? {};
    const size = web?.spec?.replicas;
    expect([replicas, updatedReplicas, availableReplicas]).toEqual([size, size, size]);
    const sets = await cluster.list<ReplicaSet>(SETS);
    expect(sets.every((set) => isControlledBy(web?.metadata.uid, set))).toBe(true);
    expect(cluster.reported).toEqual([]);
  },
  120_000,
);
