/** From a node that was chosen to a binding (`schedule_one.go`, prepareForBindingCycle, bindingCycle). */

import type { Plugin, Preparation, Requests, Wait } from './framework/interface.ts';
import type { Points } from './framework/profile.ts';
import type { Rejection } from './framework/rejection.ts';
import type { Chosen } from './schedule.ts';

export type BindingStep =
  /** `preparations` by the names of their plugins. */
  | { step: 'bind'; preparations: ReadonlyMap<string, Preparation> }
  /** `plugins` as in {@link Failed}. */
  | ({ step: 'fail' } & Failed)
  | { step: 'wait'; plugin: string; wait: Wait };

export interface Failed {
  message: string;
  /** Events that these wake on are worth another try; none: only time is. */
  plugins: ReadonlySet<string>;
}

/** Decides the next step of a pod on its node. Reservations are given back unless the pod is to be bound. */
export function nextStep(points: Points, { node, cycle }: Chosen): BindingStep {
  const reserved: Plugin[] = [];
  const step = askPlugins(points, { node, cycle }, reserved);
  if (step.step !== 'bind') unreserve(reserved, { node, cycle });
  return step;
}

function askPlugins(points: Points, { node, cycle }: Chosen, reserved: Plugin[]): BindingStep {
  for (const plugin of points.reserve) {
    if (!plugin.reserve) continue;
    reserved.push(plugin);
    const rejection = plugin.reserve(cycle, node);
    if (rejection) return rejectedBy(plugin, rejection);
  }
  for (const plugin of points.permit) {
    const answer = plugin.permit?.(cycle, node);
    if (answer) return 'reasons' in answer ? rejectedBy(plugin, answer) : waitFor(plugin, answer);
  }
  const preparations = new Map<string, Preparation>();
  for (const plugin of points.preBind) {
    const answer = plugin.preBind?.(cycle, node);
    if (!answer) continue;
    if ('requests' in answer) {
      preparations.set(plugin.name, answer);
      continue;
    }
    if (!('reasons' in answer)) return waitFor(plugin, answer);
    return { step: 'fail', message: preBindError(plugin.name, answer.reasons.join(', ')), plugins: new Set() };
  }
  return { step: 'bind', preparations };
}

/** Gives back the reservations, in reverse order. */
export function unreserve(plugins: readonly Plugin[], { node, cycle }: Chosen): void {
  for (const plugin of [...plugins].reverse()) plugin.unreserve?.(cycle, node);
}

/** Effects of plugins' requests are taken back. */
export function* undo(plugins: readonly Plugin[], { node, cycle }: Chosen): Requests<void> {
  for (const plugin of [...plugins].reverse()) if (plugin.undo) yield* plugin.undo(cycle, node);
}

/** The one node that was left is not available either. */
function rejectedBy(plugin: Plugin, { reasons }: Rejection): BindingStep {
  const message = `0/1 nodes are available: ${reasons.map((reason) => `1 ${reason}`).join(', ')}.`;
  return { step: 'fail', message, plugins: new Set([plugin.name]) };
}

function waitFor(plugin: Plugin, wait: Wait): BindingStep {
  return { step: 'wait', plugin: plugin.name, wait };
}

export function preBindError(plugin: string, error: string): string {
  return `running PreBind plugin ${JSON.stringify(plugin)}: ${error}`;
}

/** The node is given up, since the plugin let the pod wait for too long (`waiting_pods_map.go`). */
export function timedOut(plugin: string, { timeout }: Wait): Failed {
  const reason = `rejected due to timeout after waiting ${seconds(timeout)} at plugin ${plugin}`;
  return { message: `0/1 nodes are available: 1 ${reason}.`, plugins: new Set([plugin]) };
}

/** As Go prints durations: `10s`, `10m0s`, `1h0m0s`. */
function seconds(milliseconds: number): string {
  const total = Math.floor(milliseconds / 1000);
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}
