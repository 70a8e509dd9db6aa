/** The outcomes that Islet's plugins allow for a pod in a state of the cluster: several where scores tie. */

import { nextStep, unreserve } from '../../../durable-objects/scheduler/binding.ts';
import { projectNode, projectPod } from '../../../durable-objects/scheduler/cache/projections.ts';
import { Snapshot } from '../../../durable-objects/scheduler/cache/snapshot.ts';
import type { DeviceState } from '../../../durable-objects/scheduler/devices/state.ts';
import { PluginError } from '../../../durable-objects/scheduler/framework/interface.ts';
import type { Profile } from '../../../durable-objects/scheduler/framework/profile.ts';
import { type Chosen, schedule } from '../../../durable-objects/scheduler/schedule.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import type { Json } from '../mutations.ts';
import { allocated, ofAnyNode } from './devices.ts';
import type { Chance } from './generate.ts';
import { decisionOf } from './late-volumes.ts';

export interface Outcome {
  /** '' where the pod fits nowhere. */
  node: string;
  message: string;
  /** The node that room is made on. */
  nominated: string;
  victims: readonly string[];
  /** Of its claim. */
  devices: readonly string[];
  /** Decisions that are written while it waits for its volumes. */
  volumes: readonly string[];
}

export const NOTHING: Outcome = { node: '', message: '', nominated: '', victims: [], devices: [], volumes: [] };

export interface State {
  nodes: Json[];
  pods: Json[];
  /** Objects of other kinds by their keys. */
  others: Readonly<Record<string, Json>>;
}

const TRIES = 40;
const keyOf = ({ metadata }: Json): string => `pods/${metadata.namespace}/${metadata.name}`;

export function possible(pod: Json, state: State, profile: Profile, chance: Chance): Outcome[] {
  const found = new Map<string, Outcome>();
  const tell = (outcome: Outcome): unknown => found.set(JSON.stringify(outcome), outcome);
  const snapshot = snapshotOf(state, state.nodes);
  for (let i = 0; i < TRIES; i++) {
    const outcome = decide(pod, snapshot, profile, chance);
    tell(outcome);
    if (!isError(outcome)) continue;
    // Upstream looks at nodes side by side, and any of their errors may be the first.
    const alone = state.nodes.map((node) => decide(pod, snapshotOf(state, [node]), profile, chance));
    for (const other of alone.filter(isError)) tell(other);
    break;
  }
  return [...found.values()];
}

function isError({ message }: Outcome): boolean {
  return message.startsWith('running "');
}

function snapshotOf({ pods, others }: State, nodes: readonly Json[]): Snapshot {
  const list = (prefix: string) =>
    Object.keys(others).flatMap((key) => (key.startsWith(prefix) ? [others[key] as never] : []));
  const snapshot = new Snapshot({ lookup: (key) => others[key] as never, list });
  for (const node of nodes) snapshot.setNode(projectNode(node as unknown as Node));
  for (const one of pods) {
    if (one.spec.nodeName) snapshot.setPod(projectPod(keyOf(one), one as unknown as Pod, 1));
  }
  for (const [key, claim] of Object.entries(others)) {
    if (!key.startsWith('resourceclaims.')) continue;
    snapshot.devices.take({ key, revision: 1, gone: false, object: () => claim as never });
  }
  return snapshot;
}

function decide(pod: Json, snapshot: Snapshot, profile: Profile, chance: Chance): Outcome {
  try {
    return outcomeOf(schedule(pod as unknown as Pod, snapshot, { next: chance }, { profile }), profile);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    return { ...NOTHING, message: ofAnyNode(error.message) };
  }
}

function outcomeOf(decided: ReturnType<typeof schedule>, { points }: Profile): Outcome {
  if ('node' in decided) {
    const { name } = decided.node;
    const [allocation] = decided.cycle.get<DeviceState>('DynamicResources')?.nodes.get(name)?.allocations ?? [];
    const devices = allocated({ status: { allocation } } as Json);
    const volumes = decisionsOf(points, decided);
    // Devices are written once the pod has its volumes.
    return { ...NOTHING, node: name, devices: volumes.length > 0 ? [] : devices, volumes };
  }
  const { unschedulable: message, nominatedNodeName: nominated = '', victims = [] } = decided;
  const names = victims.map(({ key }) => key.slice('pods/'.length)).sort();
  return { ...NOTHING, message: ofAnyNode(message), nominated, victims: names };
}

/** The volumes and claims that are written before the pod waits on its node. */
function decisionsOf(points: Profile['points'], chosen: Chosen): string[] {
  const step = nextStep(points, chosen);
  if (step.step === 'bind') unreserve(points.reserve, chosen);
  if (step.step !== 'wait') return [];
  const { writes = [], written } = step.wait;
  written?.();
  return writes.map(({ body }) => decisionOf(body as Json)).sort();
}
