/**
 * Fields of built-in kinds whose feature gate is off in the version that is served: a client may send them, and they are
 * dropped before anything is stored (upstream's `dropDisabledFields` of each strategy).
 */
import { isEmptyValue } from '../machinery/apply/typed/shape.ts';
import type { Schema, StructSchema } from '../machinery/schema/schema.ts';

/** Fields by the definition that has them. */
const DISABLED: Readonly<Record<string, readonly string[]>> = {
  // GenericWorkload
  'io.k8s.api.core.v1.PodSpec': ['schedulingGroup'],
  // ContainerStopSignals
  'io.k8s.api.core.v1.Lifecycle': ['stopSignal'],
  // MaxUnavailableStatefulSet
  'io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy': ['maxUnavailable'],
  // ImageVolumeWithDigest
  'io.k8s.api.core.v1.VolumeMountStatus': ['volumeStatus'],
  // DRANodeAllocatableResources
  'io.k8s.api.core.v1.PodStatus': ['nodeAllocatableResourceClaimStatuses'],
  'io.k8s.api.resource.v1.Device': ['nodeAllocatableResourceMappings'],
  // DRAListTypeAttributes
  'io.k8s.api.resource.v1.DeviceAttribute': ['bools', 'ints', 'strings', 'versions'],
};
const NONE: readonly string[] = [];
/** Structs that are gone, too, where nothing else is in them. */
const GONE_WHEN_EMPTY: ReadonlySet<string> = new Set(['io.k8s.api.core.v1.Lifecycle']);

/** Changes `object`, which is of the schema. */
export function dropDisabledFields(schema: Schema, object: unknown): void {
  if (typeof object === 'object' && object !== null && holdsDisabled(schema)) drop(schema, object);
}

function drop(schema: Schema, value: object): void {
  if (schema.type === 'list' || schema.type === 'map') {
    const inner = schema.type === 'list' ? schema.items : schema.values;
    for (const item of Object.values(value)) if (typeof item === 'object' && item !== null) drop(inner, item);
  } else if (schema.type === 'struct') {
    const object = value as Record<string, unknown>;
    for (const name of DISABLED[schema.name] ?? NONE) if (name in object) delete object[name];
    for (const [name, field] of waysOf(schema)) {
      const present = object[name];
      if (typeof present !== 'object' || present === null) continue;
      const mayGo = field.type === 'struct' && GONE_WHEN_EMPTY.has(field.name) && !isEmptyValue(present);
      drop(field, present);
      if (mayGo && isEmptyValue(present)) delete object[name];
    }
  }
}

const ways = new WeakMap<StructSchema, readonly [string, Schema][]>();

/** The fields that lead to disabled ones. */
function waysOf(schema: StructSchema): readonly [string, Schema][] {
  let found = ways.get(schema);
  if (!found) {
    ways.set(schema, []); // Types that hold themselves (JSONSchemaProps) lead to nothing new.
    found = [...schema.fields].flatMap(([name, field]): [string, Schema][] =>
      holdsDisabled(field.schema) ? [[name, field.schema]] : [],
    );
    ways.set(schema, found);
  }
  return found;
}

function holdsDisabled(schema: Schema): boolean {
  if (schema.type === 'struct') return DISABLED[schema.name] !== undefined || waysOf(schema).length > 0;
  if (schema.type === 'list') return holdsDisabled(schema.items);
  return schema.type === 'map' && holdsDisabled(schema.values);
}
