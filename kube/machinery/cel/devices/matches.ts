/** Whether an expression chooses a device (`cel/compile.go`, DeviceMatches). */
import type { Attribute, Device } from '../../../devices/types.ts';
import { RecentMap } from '../../recent-map.ts';
import { quantity, semver } from '../library/kubernetes/quantities.ts';
import { CelError, NativeDict, typeName, type Value } from '../values/value.ts';
import { type CompiledSelector, compileSelector, MAX_COST } from './selector.ts';

/** A device as expressions see it. */
export interface DeviceInput extends Pick<Device, 'attributes' | 'capacity' | 'allowMultipleAllocations'> {
  driver: string;
}

/** As upstream keeps. */
const KEPT = 10;
const compiled = new RecentMap<CompiledSelector>(KEPT);

/** `error` in upstream's words. */
export function deviceMatches(expression: string, device: DeviceInput): boolean | { error: string } {
  let selector = compiled.get(expression);
  if (!selector) {
    selector = compileSelector(expression);
    compiled.set(expression, selector);
  }
  if (selector.error !== undefined) return { error: `CEL compile error: ${selector.error}` };
  const input = deviceValue(device);
  const found = input instanceof CelError ? input : selector.program.evaluate(() => input, MAX_COST).value;
  if (typeof found === 'boolean') return found;
  return { error: `CEL runtime error: ${found instanceof CelError ? found.message : notBoolean(found)}` };
}

function notBoolean(value: Value): string {
  const name = typeName(value);
  const why =
    name === 'string'
      ? "unsupported native conversion from string to 'bool'"
      : `unsupported type conversion from '${name}' to bool`;
  return `CEL result of type ${name} could not be converted to bool: ${why}`;
}

/** Domains that are not there are empty. */
class Domains extends NativeDict {
  override find(key: Value): Value {
    return super.find(key) ?? new NativeDict([]);
  }
  override has(key: Value): boolean {
    return super.find(key) !== undefined;
  }
}

function deviceValue({ driver, attributes = {}, capacity = {}, allowMultipleAllocations }: DeviceInput): Value {
  const values: [string, Value][] = [];
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = attributeValue(attribute);
    if (value instanceof CelError) return new CelError(`attribute ${name}: ${value.message}`);
    values.push([name, value]);
  }
  const amounts = Object.entries(capacity).map(([name, { value }]): [string, Value] => [name, quantity(value)]);
  return new NativeDict([
    ['driver', driver],
    ['allowMultipleAllocations', allowMultipleAllocations ?? false],
    ['attributes', byDomain(values, driver)],
    ['capacity', byDomain(amounts, driver)],
  ]);
}

/** A name without a domain belongs to the driver's. */
function byDomain(values: readonly [string, Value][], driver: string): Domains {
  const domains = new Map<string, [Value, Value][]>();
  for (const [name, value] of values) {
    const slash = name.indexOf('/');
    const domain = slash < 0 ? driver : name.slice(0, slash);
    const entries = domains.get(domain) ?? [];
    domains.set(domain, [...entries, [name.slice(slash + 1), value]]);
  }
  return new Domains([...domains].map(([domain, entries]) => [domain, new NativeDict(entries)]));
}

function attributeValue({ int, bool, string, version }: Attribute): Value {
  if (int !== undefined) return BigInt(int);
  if (bool !== undefined) return bool;
  if (string !== undefined) return string;
  if (version === undefined) return new CelError('unsupported attribute value');
  const parsed = semver(version);
  return parsed instanceof CelError ? new CelError(`parse semantic version: ${parsed.message}`) : parsed;
}
