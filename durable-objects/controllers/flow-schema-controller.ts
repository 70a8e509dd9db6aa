/**
 * flow-schema-controller (apiserver `pkg/util/flowcontrol/apf_controller.go`, which runs in the API server): the
 * condition `Dangling` of a FlowSchema says whether its priority level is there.
 */
import { danglingCondition, FLOW_SCHEMAS, PRIORITY_LEVELS } from '../../kube/flowcontrol/bootstrap.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { FlowSchema } from '../../kube/types.ts';
import { findCondition } from './runtime/conditions.ts';
import { defineController } from './runtime/controller.ts';
import { API_SERVER } from './runtime/identity.ts';

export const flowSchemaController = defineController({
  name: 'flow-schema-controller',
  actsAs: API_SERVER,
  for: FLOW_SCHEMAS,
  watches: [
    {
      resource: PRIORITY_LEVELS,
      keysOnly: true,
      map: ({ change }, view) =>
        change === 'update' ? [] : Array.from(view.projections(FLOW_SCHEMAS, ''), ({ key }) => key),
    },
  ],
  reconcile(key, view, now) {
    const schema = view.get<FlowSchema>(FLOW_SCHEMAS, '', parseKey(key).name);
    if (!schema) return { actions: [] };
    const level = schema.spec?.priorityLevelConfiguration?.name ?? '';
    const wanted = danglingCondition(level, view.projection(keyOf(PRIORITY_LEVELS, '', level)) !== undefined);
    const conditions = schema.status?.conditions ?? [];
    const { status, reason, message } = findCondition(conditions as (typeof wanted)[], wanted.type) ?? {};
    if (status === wanted.status && reason === wanted.reason && message === wanted.message) return { actions: [] };
    const condition = { ...wanted, lastTransitionTime: rfc3339(now) };
    const others = conditions.filter(({ type }) => type !== wanted.type);
    const object = { ...schema, status: { conditions: [...others, condition] } } as unknown as KubeObject;
    return { actions: [{ do: 'update-status', resource: FLOW_SCHEMAS, object }] };
  },
});
