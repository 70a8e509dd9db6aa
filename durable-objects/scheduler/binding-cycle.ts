/** Brings pods to the nodes that were chosen for them (`schedule_one.go`, bindingCycle). */
import type { Clock } from '../controllers/runtime/ports.ts';
import type { Actions, Decided } from './actions.ts';
import { nextStep, preBindError, timedOut, undo, unreserve } from './binding.ts';
import type { Cache } from './cache/cache.ts';
import type { Snapshot } from './cache/snapshot.ts';
import type { ExtenderClient } from './extenders/client.ts';
import type { Preparation, Wait } from './framework/interface.ts';
import type { Outcomes } from './outcomes.ts';
import type { Queue } from './queue/queue.ts';
import type { Chosen } from './schedule.ts';

export interface BindingParts {
  clock: Clock;
  snapshot: Snapshot;
  queue: Queue;
  cache: Cache;
  actions: Actions;
  outcomes: Outcomes;
  extenders: ExtenderClient;
  /** Takes in what has changed up to now. */
  catchUp(): void;
}

export class BindingCycle {
  readonly #parts: BindingParts;

  constructor(parts: BindingParts) {
    this.#parts = parts;
  }

  prepare(decided: Decided, chosen: Chosen): Promise<void> {
    const { outcomes } = this.#parts;
    const step = nextStep(decided.profile.points, chosen);
    if (step.step === 'bind') return this.#bind(decided, chosen, step.preparations);
    if (step.step === 'wait') return this.#wait(decided, chosen.node.name, step.plugin, step.wait);
    if (step.plugins.size === 0) return outcomes.fail(decided, step.message);
    return outcomes.giveUp(decided, { unschedulable: step.message, plugins: step.plugins, nominatedNodeName: '' });
  }

  async #bind(decided: Decided, chosen: Chosen, preparations: ReadonlyMap<string, Preparation>): Promise<void> {
    const { snapshot, cache, outcomes, actions, queue } = this.#parts;
    const { queued, info } = decided;
    const { name } = chosen.node;
    const nominated = snapshot.nominator.nodeOf(info.key);
    cache.assumePod(info, name);
    if (nominated !== name) outcomes.freed(info, nominated);
    if (preparations.size > 0) {
      // Others are told of the node as soon as the pod is prepared for it.
      await actions.writeStatus(decided, { nominatedNodeName: name });
      const stopped = await actions.prepare(decided, preparations);
      if (stopped) {
        const { plugin, found } = stopped;
        if (typeof found === 'string') {
          return this.#fail(decided, chosen, preBindError(plugin, found));
        }
        cache.forgetPod(info);
        return this.#wait(decided, name, plugin, found);
      }
    }
    const error = await this.#sendBinding(decided, name);
    if (error !== undefined) return this.#fail(decided, chosen, error);
    queue.done(queued);
    outcomes.ended('scheduled', decided);
    return actions.reportScheduled(decided, name);
  }

  /** By the extender that binds such pods, else by the profile's plugin. Returns the error, if there was one. */
  async #sendBinding(decided: Decided, node: string): Promise<string | undefined> {
    const { extenders, actions } = this.#parts;
    for (const extender of decided.extenders) {
      if (extender.verbs.bind === undefined) continue;
      const error = await extenders.bind(extender, decided.pod, node);
      if (error === undefined || !extender.ignorable) return error;
    }
    const [binder] = decided.profile.points.bind;
    const binding = binder?.bind?.(decided.pod, node);
    const error = await actions.write(decided, binding ? [binding] : []);
    return error === undefined ? undefined : `running Bind plugin ${JSON.stringify(binder?.name)}: ${error}`;
  }

  async #fail(decided: Decided, chosen: Chosen, why: string): Promise<void> {
    const { actions, cache, outcomes } = this.#parts;
    const { info } = decided;
    const { reserve } = decided.profile.points;
    unreserve(reserve, chosen);
    await actions.perform(decided, undo(reserve, chosen));
    const freed = cache.forgetPod(info);
    this.#parts.catchUp();
    const failed = outcomes.fail(decided, why);
    // The pod's share is free for others, as if it had been deleted (`handleBindingCycleError`).
    if (freed) outcomes.freed(info, chosen.node.name);
    return failed;
  }

  /** Events and the deadline decide how the wait ends; a pod that comes back to wait keeps its deadline. */
  async #wait(decided: Decided, node: string, plugin: string, wait: Wait): Promise<void> {
    const { clock, outcomes, actions, queue } = this.#parts;
    const { queued } = decided;
    const now = clock.now();
    if (queued.deadline <= now && wait.expired !== undefined) {
      return outcomes.fail(decided, preBindError(plugin, wait.expired));
    }
    if (queued.deadline <= now) {
      const { message, plugins } = timedOut(plugin, wait);
      return outcomes.giveUp(decided, { unschedulable: message, plugins, nominatedNodeName: '' });
    }
    outcomes.nominate(decided, node);
    const begins = queued.deadline === Number.POSITIVE_INFINITY;
    const [error] = await Promise.all([
      actions.write(decided, wait.writes ?? []),
      actions.writeStatus(decided, { nominatedNodeName: node }),
      begins && wait.event ? actions.reportWait(decided, wait.event) : undefined,
    ]);
    wait.written?.();
    if (error !== undefined) return outcomes.fail(decided, preBindError(plugin, error));
    queue.wait(queued, plugin, Math.min(queued.deadline, now + wait.timeout));
  }
}
