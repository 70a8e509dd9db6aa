/**
 * Pods without a node as the last change of each left them, until they are decided on: most are soon after they are made,
 * and need not be read from the store and parsed again then.
 */
import { isTerminal } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import type { ObservedState } from '../../follow/follower-ports.ts';
import { HandedStates } from '../../follow/handed-states.ts';

export class NewPods {
  readonly #states = new HandedStates();

  observe(state: ObservedState): void {
    if (state.gone || !isWaiting(state.object() as Pod)) this.#states.forget(state.key);
    else this.#states.keep(state);
  }

  /** Those that are left wait: they are read once their turn comes. */
  clear(): void {
    this.#states.clear();
  }

  /** Undefined where the store has to be asked. */
  take(key: string): { pod: Pod; revision: number } | undefined {
    const state = this.#states.takeLatest(key);
    return state && { pod: state.object() as Pod, revision: state.revision };
  }
}

function isWaiting(pod: Pod): boolean {
  return !pod.spec?.nodeName && !isTerminal(pod);
}
