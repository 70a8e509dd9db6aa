/**
 * Gives a cluster the flow schemas and priority levels that every cluster has (upstream
 * `pkg/registry/flowcontrol/rest/storage_flowcontrol.go`, PostStartHook). Those that are deleted later come back by
 * themselves.
 */
import {
  BOOTSTRAP_FLOW_SCHEMAS,
  BOOTSTRAP_PRIORITY_LEVELS,
  danglingCondition,
  FLOW_SCHEMAS,
  PRIORITY_LEVELS,
} from '../../../kube/flowcontrol/bootstrap.ts';
import type { Cause } from '../../../kube/machinery/cause.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type GroupResource, keyOf } from '../../../kube/machinery/resource.ts';
import { type BootstrapObject, type InsertPorts, PrintedObjects, TIME } from '../printed-objects.ts';

const MANAGER = 'api-priority-and-fairness-config-producer-v1';

const OBJECTS: readonly BootstrapObject[] = [
  ...BOOTSTRAP_PRIORITY_LEVELS.map((level) => bootstrapObject(PRIORITY_LEVELS, { ...level, status: {} })),
  ...BOOTSTRAP_FLOW_SCHEMAS.map((schema) => {
    const { name } = schema.spec.priorityLevelConfiguration;
    const condition = { ...danglingCondition(name, true), lastTransitionTime: TIME };
    return bootstrapObject(FLOW_SCHEMAS, { ...schema, status: { conditions: [condition] } });
  }),
];

export const PRINTED_FLOW_CONTROL = new PrintedObjects(MANAGER, () => OBJECTS);

function bootstrapObject(resource: GroupResource, object: KubeObject): BootstrapObject {
  return { key: keyOf(resource, '', object.metadata.name ?? ''), resource, object };
}

/** `now` in milliseconds. */
export async function bootstrapFlowControl(ports: InsertPorts, now: number): Promise<void> {
  const cause: Cause = { kind: 'system', at: now, why: 'bootstrap' };
  const missing = OBJECTS.filter(({ key }) => ports.store.get(key) === undefined);
  await Promise.all(missing.map(({ key }) => PRINTED_FLOW_CONTROL.insert(ports, key, cause)));
}
