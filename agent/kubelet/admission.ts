/** Admission of pods to this node, and the pods that were admitted (kubelet `allocation_manager.go`). */
import { isStaticPod } from '../../kube/kinds/core/static-pods.ts';
import { awaitsAdmission, hostOf, isTerminal, type Refusal, refusal } from '../../kube/pod-lifecycle/index.ts';
import { Occupancy } from '../../kube/scheduling/occupancy.ts';
import type { Node, Pod } from '../../kube/types.ts';
import { type NodeSupport, unsupported } from './node/node-support.ts';

export interface NodeSource {
  /** The Node as last heard. */
  known(): Node;
  /** The Node as the cluster has it now. */
  fetched(): Promise<Node>;
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';

export class Admission {
  readonly #node: NodeSource;
  readonly #support: NodeSupport;
  readonly #held = new Occupancy();
  readonly #complete: Promise<void>;
  #open = () => {};

  constructor(node: NodeSource, support: NodeSupport) {
    this.#node = node;
    this.#support = support;
    this.#complete = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** A pod's first appearance. It counts from now on if it began under an earlier run of the agent. */
  track(pod: Pod): void {
    if (!awaitsAdmission(pod) && !isTerminal(pod)) this.#held.take(uidOf(pod), pod);
  }

  /** The pod may ask for more or less than before. */
  changed(pod: Pod): void {
    if (this.#held.has(uidOf(pod))) this.#held.take(uidOf(pod), pod);
  }

  /** All existing pods are tracked: only now is the free capacity for new ones known. */
  allTracked(): void {
    this.#open();
  }

  /** Takes a pod up, or says why not. A pod that has begun is not judged again. */
  async admit(pod: Pod): Promise<Refusal | undefined> {
    if (!awaitsAdmission(pod)) return undefined;
    // A static pod does not wait for the cluster.
    if (!isStaticPod(pod)) await this.#complete;
    const cannot = unsupported(pod, this.#support);
    if (cannot) return cannot;
    const found = this.#judge(pod, this.#node.known());
    // The node's labels may have changed a moment ago, and the pod may be here because of that.
    return found?.reason === 'NodeAffinity' ? this.#judge(pod, await this.#node.fetched()) : found;
  }

  /** The pod holds nothing of the node any more. */
  release(pod: Pod): void {
    this.#held.release(uidOf(pod));
  }

  #judge(pod: Pod, node: Node): Refusal | undefined {
    this.release(pod);
    const found = refusal(pod, hostOf(node), this.#held);
    if (!found) this.#held.take(uidOf(pod), pod);
    return found;
  }
}
