/**
 * Pods without a node as the last change of each left them, until they are decided on: most are soon after they are made,
 * and need not be read from the store and parsed again then.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { isTerminal } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import type { ObservedState } from '../../follow/follower-ports.ts';

/** Code units of the texts together. */
const MAX_SIZE = 512 * 1024;

interface NewPod {
  revision: number;
  /** Of the follower's change: others read it, too. */
  object(): KubeObject;
  size: number;
}

export class NewPods {
  readonly #pods = new Map<string, NewPod>();
  #size = 0;

  /** The first ones are kept, because they are decided on first. */
  observe({ key, revision, text, gone, object }: ObservedState): void {
    this.take(key);
    if (gone || this.#size + text.length > MAX_SIZE) return;
    const { spec } = object() as Pod;
    if (spec?.nodeName || isTerminal(object() as Pod)) return;
    this.#pods.set(key, { revision, object, size: text.length });
    this.#size += text.length;
  }

  /** Those that are left wait: they are read once their turn comes. */
  clear(): void {
    this.#pods.clear();
    this.#size = 0;
  }

  /** Undefined where the store has to be asked. */
  take(key: string): { pod: Pod; revision: number } | undefined {
    const found = this.#pods.get(key);
    if (!found) return undefined;
    this.#pods.delete(key);
    this.#size -= found.size;
    return { pod: found.object() as Pod, revision: found.revision };
  }
}
