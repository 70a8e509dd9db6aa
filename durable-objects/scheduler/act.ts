/** Acting on a decision: binding with the plugins' consent, and telling how it went. */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { Pod } from '../../kube/types.ts';
import type { Clock, Random, RequestPort } from '../controllers/runtime/ports.ts';
import type { Cycle, Plugin } from './framework.ts';
import type { PodInfo } from './projections.ts';
import type { Waiting } from './queue.ts';
import { bindingRequest, conditionRequest, eventRequest, type Said } from './report.ts';

export interface ActPorts {
  request: RequestPort['request'];
  clock: Clock;
  random: Random;
}

/** A pod that was decided on. */
export interface Decided {
  waiting: Waiting;
  pod: Pod;
  /** As it was when it was decided on. */
  info: PodInfo;
}

export interface Failed {
  message: string;
  /** Events that these wake on are worth another try; none: only time is. */
  plugins: ReadonlySet<string>;
}

/** Reserve, then bind; undefined when it is bound. What was reserved is given back on failure, in reverse order. */
export async function bind(
  ports: ActPorts,
  plugins: readonly Plugin[],
  decided: Decided,
  cycle: Cycle,
  name: string,
): Promise<Failed | undefined> {
  const node = cycle.snapshot.node(name);
  if (!node) return { message: `node ${JSON.stringify(name)} is gone`, plugins: new Set() };
  const reserved: Plugin[] = [];
  const giveBack = (): void => {
    for (const plugin of reserved.reverse()) plugin.unreserve?.(cycle, node);
  };
  for (const plugin of plugins) {
    const refused = plugin.reserve?.(cycle, node);
    reserved.push(plugin);
    if (!refused) continue;
    giveBack();
    return {
      message: `running Reserve plugin ${JSON.stringify(plugin.name)}: ${refused.reasons.join(', ')}`,
      plugins: new Set([plugin.name]),
    };
  }
  const binder = plugins.find((plugin) => plugin.bind);
  const error = await (binder?.bind?.(cycle, node) ?? bindByRequest(ports, decided, name)).catch(String);
  if (error === undefined) return undefined;
  giveBack();
  return {
    message: `running Bind plugin ${JSON.stringify(binder?.name ?? 'DefaultBinder')}: ${error}`,
    plugins: new Set(),
  };
}

async function bindByRequest(ports: ActPorts, decided: Decided, node: string): Promise<string | undefined> {
  const answer = await ports.request(bindingRequest(decided.pod, node, causeOf(ports, decided)));
  return answer.ok ? undefined : (answer.status.message ?? answer.status.reason ?? 'failed');
}

export function sayScheduled(ports: ActPorts, decided: Decided, node: string): Promise<void> {
  const { namespace, name } = decided.pod.metadata;
  const message = `Successfully assigned ${namespace}/${name} to ${node}`;
  return say(ports, decided, { type: 'Normal', reason: 'Scheduled', action: 'Binding', message });
}

/** The condition where it shows something else, and the event. */
export async function sayUnschedulable(ports: ActPorts, decided: Decided, message: string): Promise<void> {
  const { pod, waiting } = decided;
  const shown = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
  if (shown?.status === 'False' && shown.message === message) {
    // Said in an earlier life of this object.
    waiting.said ??= message;
    return sayFailed(ports, decided, message);
  }
  const patch = conditionRequest(pod, message, ports.clock.now(), causeOf(ports, decided));
  await Promise.all([ports.request(patch).catch(() => undefined), sayFailed(ports, decided, message)]);
}

/** Once per change: a pod that fails the same way again is silent. */
export async function sayFailed(ports: ActPorts, decided: Decided, message: string): Promise<void> {
  if (decided.waiting.said === message) return;
  decided.waiting.said = message;
  await say(ports, decided, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message });
}

/** An event that cannot be written (its namespace is going) is not worth a retry. */
async function say(ports: ActPorts, decided: Decided, said: Said): Promise<void> {
  const { request, clock, random } = ports;
  await request(eventRequest(decided.pod, said, clock.now(), random, causeOf(ports, decided))).catch(() => undefined);
}

function causeOf({ clock }: ActPorts, { info }: Decided): Cause {
  return { kind: 'controller', at: clock.now(), name: 'scheduler', key: info.key, saw: info.revision };
}
