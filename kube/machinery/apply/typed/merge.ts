/**
 * An applied configuration merged into the live object (structured-merge-diff `typed/merge.go`). Nothing is removed by
 * it; where both give a leaf, the configuration's counts.
 */
import { setOwn } from '../../entries.ts';
import type { ListSchema, Schema } from '../../schema/schema.ts';
import { asFields, asItems, atomOf, childSchema, isAtomic, isEmptyValue, itemStep, own, type Value } from './shape.ts';

/** Both have the form that the schema asks for. The result shares what it can with both. */
export function merge(schema: Schema, live: Value, config: Value): Value {
  if (config === undefined) return live;
  const atom = atomOf(schema, config);
  if (atom === 'scalar' || isAtomic(schema, atom)) return config;
  // A live value of another form, which an open schema allows, gives nothing to merge with.
  if (atom === 'list') {
    const [old, now] = [asItems(live), asItems(config)];
    return old.length + now.length > 0 ? mergeLists(schema as ListSchema, old, now) : config;
  }
  const [old, now] = [asFields(live), asFields(config)];
  return isEmptyValue(old) && isEmptyValue(now) ? config : mergeMaps(schema, old, now);
}

function mergeMaps(
  schema: Schema,
  live: Readonly<Record<string, Value>>,
  config: Readonly<Record<string, Value>>,
): Value {
  const merged: Record<string, Value> = { ...live };
  for (const name in config) {
    const inner = childSchema(schema, name);
    if (inner) setOwn(merged, name, merge(inner, own(live, name), config[name]));
  }
  return merged;
}

/**
 * The order is the configuration's where it names items, and items that it does not name stay beside their neighbours.
 */
function mergeLists(schema: ListSchema, live: readonly Value[], config: readonly Value[]): Value {
  const liveSteps = live.map((item) => itemStep(schema, item));
  const configSteps = config.map((item) => itemStep(schema, item));
  const old = new Map<string, Value>();
  // Items that share a key are not merged with.
  for (const [at, step] of liveSteps.entries()) old.set(step, old.has(step) ? null : live[at]);
  const now = new Map(configSteps.map((step, at): [string, Value] => [step, config[at]]));
  const shared = configSteps.filter((step) => old.has(step));
  const merged: Value[] = [];
  const done = new Set<string>();
  const take = (step: string): void => {
    done.add(step);
    merged.push(merge(schema.items, old.get(step), now.get(step)));
  };
  let nextShared = 0;
  for (let l = 0, r = 0; l < live.length || r < config.length; ) {
    const [liveStep = '', configStep = ''] = [liveSteps[l], configSteps[r]];
    if (l < live.length && r < config.length) {
      if (liveStep === configStep) {
        take(liveStep);
        l++;
        r++;
        nextShared++;
        continue;
      }
      // An item of both lists whose turn has not come.
      if (now.has(liveStep) && nextShared < shared.length && shared[nextShared] !== liveStep) {
        l++;
        continue;
      }
    }
    if (l < live.length) {
      if (!now.has(liveStep)) {
        merged.push(live[l]);
        l++;
        continue;
      }
      if (done.has(liveStep)) l++;
    }
    if (r < config.length) {
      take(configStep);
      r++;
      if (shared[nextShared] === configStep) nextShared++;
    }
  }
  return merged;
}
