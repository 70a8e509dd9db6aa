/** The meters of a cluster, which keep what was seen while its page is open. */
import type { Node, Pod } from '../../../kube/types.ts';
import { isSimulated, isUnreachable } from '../../../wire/nodes.ts';
import type { Cluster } from '../api/cluster.ts';
import { Meter } from './meter.ts';
import { isLookedAt } from './presence.ts';
import { isOnMachine, type Recalled, recalled, recallPath } from './recall.ts';
import { simulatedPast } from './simulated-past.ts';
import { type Answer, aheadOf, pathOf, type Subject, totalOf } from './subject.ts';

const meters = new WeakMap<Cluster, Map<string, SubjectMeter>>();

export function meterOf(cluster: Cluster, subject: Subject): SubjectMeter {
  const ofCluster = meters.get(cluster) ?? new Map<string, SubjectMeter>();
  meters.set(cluster, ofCluster);
  const key = JSON.stringify(subject);
  const meter = ofCluster.get(key) ?? new SubjectMeter(cluster, subject);
  ofCluster.set(key, meter);
  return meter;
}

export class SubjectMeter extends Meter {
  #pods: readonly Pod[] = [];
  #nodes: readonly Node[] = [];
  #ahead = 0;

  constructor(cluster: Cluster, subject: Subject) {
    super({
      ask: async () => {
        const answer = await cluster.api.get<Answer>(pathOf(subject));
        this.#ahead = aheadOf(answer, Date.now());
        return totalOf(answer, Date.now());
      },
      before: async ({ at }) => {
        // Pods that have gone from a simulated node are not known, and used something of it.
        if (!this.isReal) return this.#isOfNodes ? [] : simulatedPast(this.#pods, at, this.#ahead);
        const path = recallPath(subject, this.#pods, this.#nodes);
        return path === undefined ? [] : recalled((await cluster.api.get<Recalled>(path)).minutes, at);
      },
      now: Date.now,
      situation: () => ({
        isLive: cluster.connection.state.value === 'live',
        isLookedAt: isLookedAt(Date.now()),
        isReal: this.isReal,
        version: versionOf(this.#pods, this.#nodes),
      }),
    });
    this.#isOfNodes = subject.of === 'nodes' || subject.of === 'node';
  }

  readonly #isOfNodes: boolean;

  /** The pods and nodes as they are now. */
  about(pods: readonly Pod[], nodes: readonly Node[]): void {
    this.#pods = pods;
    this.#nodes = nodes;
  }

  /** Whether some of it runs on a machine. */
  get isReal(): boolean {
    if (this.#isOfNodes) return this.#nodes.some((node) => !isSimulated(node));
    return this.#pods.some((pod) => isOnMachine(pod, this.#nodes));
  }
}

/** The state that the use of simulated pods depends on. */
function versionOf(pods: readonly Pod[], nodes: readonly Node[]): string {
  const ofPods = pods.map(({ metadata }) => `${metadata.uid}:${metadata.resourceVersion}`);
  return [...ofPods, ...nodes.map((node) => `${node.metadata.name}:${isUnreachable(node)}`)].join();
}
