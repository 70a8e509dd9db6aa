/** Lists, maps and objects that an expression makes, and what they cost. */
import { CelError, NativeDict, NativeList, Optional, type Value } from '../values/value.ts';
import type { Step } from './frame.ts';

/** Makes an object of a type from the fields that were set. */
export type MakeStruct = (type: string, fields: ReadonlyMap<string, Value>) => Value;

const LIST_BASE = 10;
const MAP_BASE = 30;
const STRUCT_BASE = 40;

/** The value of an entry of a literal; undefined for an optional entry without a value. */
function present(value: Value, optional: boolean, what: string): Value | undefined {
  if (!optional || value instanceof CelError) return value;
  if (value instanceof Optional) return value.value;
  return new CelError(`cannot initialize optional ${what} from non-optional value ${String(value)}`);
}

export function listStep(items: readonly Step[], optional: ReadonlySet<number>): Step {
  return (frame) => {
    const values: Value[] = [];
    let failed: CelError | undefined;
    for (const [i, step] of items.entries()) {
      const value = present(step(frame), optional.has(i), 'list element');
      if (value instanceof CelError) {
        failed = value;
        break;
      }
      if (value !== undefined) values.push(value);
    }
    frame.charge(LIST_BASE);
    return failed ?? new NativeList(values);
  };
}

export function mapStep(entries: readonly { key: Step; value: Step; optional: boolean }[]): Step {
  return (frame) => {
    const pairs: [Value, Value][] = [];
    let failed: CelError | undefined;
    for (const { key, value, optional } of entries) {
      const name = key(frame);
      const found = name instanceof CelError ? name : present(value(frame), optional, `entry '${String(name)}'`);
      if (found instanceof CelError) {
        failed = found;
        break;
      }
      if (found !== undefined) pairs.push([name, found]);
    }
    frame.charge(MAP_BASE);
    return failed ?? new NativeDict(pairs);
  };
}

export function structStep(
  type: string,
  fields: readonly { name: string; value: Step; optional: boolean }[],
  make: MakeStruct | undefined,
  weigh: (made: Value) => number = () => 0,
): Step {
  return (frame) => {
    const values = new Map<string, Value>();
    for (const { name, value, optional } of fields) {
      const found = present(value(frame), optional, `field '${name}'`);
      if (found instanceof CelError) return found;
      if (found !== undefined) values.set(name, found);
    }
    frame.charge(STRUCT_BASE);
    if (!make) return new CelError(`unknown type: ${type}`);
    const made = make(type, values);
    frame.charge(weigh(made));
    return made;
  };
}
