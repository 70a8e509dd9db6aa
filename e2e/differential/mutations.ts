/** Changes of objects that keep to the schema of their kind more often than not. */
import type { FieldSchema, Schema, StructSchema } from '../../kube/machinery/schema/schema.ts';
import type { Tape } from './tape.ts';

/** A place in an object, and the value that is put there; undefined: taken away. */
export interface Mutation {
  path: readonly (string | number)[];
  value: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, handed on as they are.
export type Json = any;

const TEXTS = [
  'a',
  'b',
  '',
  'web',
  'A_b',
  'example.com/x',
  'a.b',
  '-',
  '10.0.0.7',
  'fd00::1',
  '10.0.0.0/8',
  'http',
  'x'.repeat(64),
  'x'.repeat(254),
  'Always',
  'Never',
  'OnFailure',
  'IfNotPresent',
  'TCP',
  'UDP',
  'SCTP',
  'ClusterIP',
  'NodePort',
  'LoadBalancer',
  'ExternalName',
  'None',
  'Local',
  'Cluster',
  'Recreate',
  'RollingUpdate',
  'OnDelete',
  'Parallel',
  'NoSchedule',
  'NoExecute',
  'Exists',
  'In',
  'NotIn',
  'Equal',
  'Retain',
  'Delete',
  'ReadWriteOnce',
  'ReadWriteMany',
  'Filesystem',
  'Block',
  'Exact',
  'Prefix',
  'Ingress',
  'Egress',
  'Allow',
  'Forbid',
  'Replace',
  'Indexed',
  '50%',
  '1.5',
  'kubernetes.io/tls',
  'SINGLE',
  'ClientIP',
  'File',
  'Default',
  'IPv4',
  'IPv6',
  'PreferDualStack',
  'RequireDualStack',
  'Immediate',
  'WaitForFirstConsumer',
  'Europe/Berlin',
  'ü',
  '\u0000',
  'a b',
  'true',
  '1',
  'constructor',
  '__proto__',
] as const;
const KEYS = ['a', 'app', 'example.com/x', 'cpu', 'memory', 'storage', 'pods', '', 'A b', '__proto__', 'constructor'];
const INTEGERS = [0, 1, 2, 80, -1, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 1e15] as const;
const QUANTITIES = ['1', '100m', '1Gi', '0', '-1', '1.5', '1e3', 'x', '10Ei', '0.0001', '1000000k'] as const;
const MAX_DEPTH = 4;
const MAX_PATH = 9;

export function mutation(tape: Tape, root: StructSchema): Mutation {
  const sections = [...root.fields.keys()].filter((name) => !['apiVersion', 'kind', 'metadata'].includes(name));
  const section = sections.length > 0 && !tape.oneIn(6) ? tape.pick(sections) : 'metadata';
  const path: (string | number)[] = [section];
  let schema = root.fields.get(section)?.schema ?? (root as Schema);
  while (path.length < MAX_PATH && tape.below(5) > 0) {
    const [step, next] = stepInto(tape, schema) ?? [];
    if (step === undefined || !next) break;
    path.push(step);
    schema = next;
  }
  return { path, value: tape.oneIn(6) ? undefined : randomValue(tape, schema, 0) };
}

function stepInto(tape: Tape, schema: Schema): [string | number, Schema] | undefined {
  switch (schema.type) {
    case 'struct': {
      const names = [...schema.fields.keys()];
      if (names.length === 0) return undefined;
      const name = tape.pick(names);
      return [name, (schema.fields.get(name) as FieldSchema).schema];
    }
    case 'list':
      return [tape.below(3), schema.items];
    case 'map':
      return [tape.pick(KEYS), schema.values];
    default:
      return undefined;
  }
}

/** A value of the schema, or seldom one of another type. */
export function randomValue(tape: Tape, schema: Schema, depth: number): unknown {
  if (tape.oneIn(25)) return tape.pick<unknown>([null, 'text', 7, true, [], {}, [null], 1.5]);
  switch (schema.type) {
    case 'string':
      return tape.pick(TEXTS);
    case 'boolean':
      return tape.oneIn(2);
    case 'integer':
    case 'number':
      return tape.pick(INTEGERS);
    case 'int-or-string':
      return tape.oneIn(2) ? tape.pick(['50%', 'http', '', '101%', '-1', '5']) : tape.pick(INTEGERS);
    case 'quantity':
      return tape.oneIn(8) ? tape.pick<unknown>([1, 0.5, -3]) : tape.pick(QUANTITIES);
    case 'time':
    case 'micro-time':
      return tape.pick(['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.123456Z', 'yesterday', '']);
    case 'bytes':
      return tape.pick(['YQ==', '', 'a', '####']);
    case 'any':
      return tape.pick<unknown>([{ a: 1 }, {}, { kind: 'X', apiVersion: 'v1' }]);
    case 'list':
      return Array.from({ length: depth > MAX_DEPTH ? 0 : tape.below(3) }, () =>
        randomValue(tape, schema.items, depth + 1),
      );
    case 'map':
      return fromEntries(
        Array.from({ length: depth > MAX_DEPTH ? 0 : tape.below(3) }, () => [
          tape.pick(KEYS),
          randomValue(tape, schema.values, depth + 1),
        ]),
      );
    case 'struct':
      return structOf(tape, schema, depth);
  }
}

function structOf(tape: Tape, schema: StructSchema, depth: number): unknown {
  const names = [...schema.fields.keys()];
  const chosen = new Set(names.filter((name) => schema.fields.get(name)?.required && !tape.oneIn(12)));
  if (depth <= MAX_DEPTH && names.length > 0) for (let i = tape.below(3); i > 0; i--) chosen.add(tape.pick(names));
  return fromEntries(
    [...chosen].map((name) => [name, randomValue(tape, (schema.fields.get(name) as FieldSchema).schema, depth + 1)]),
  );
}

/** `__proto__` is a key like any other. */
function fromEntries(entries: [string, unknown][]): unknown {
  return Object.fromEntries(entries);
}

/** A copy with the mutation in it; what stands in its way is replaced. */
export function mutated(object: Json, { path, value }: Mutation): Json {
  const copy = structuredClone(object);
  let at = copy;
  for (const [i, step] of path.entries()) {
    if (i < path.length - 1) {
      const inner = Object.hasOwn(at, step) ? at[step] : undefined;
      const next = typeof inner === 'object' && inner !== null ? inner : typeof path[i + 1] === 'number' ? [] : {};
      put(at, step, next);
      at = next;
    } else if (value === undefined) {
      if (Array.isArray(at)) at.splice(Number(step), 1);
      else delete at[step];
    } else put(at, step, value);
  }
  return copy;
}

function put(target: Json, step: string | number, value: unknown): void {
  const key = Array.isArray(target) ? Math.min(Number(step) || 0, target.length) : step;
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The mutation alone, as a merge patch has it. A step into a list replaces the list. */
export function asMergePatch({ path, value }: Mutation): Json {
  return path.reduceRight<unknown>(
    (inner, step) => (typeof step === 'number' ? [inner] : fromEntries([[step, inner]])),
    value ?? null,
  );
}

export function asJsonPatch({ path, value }: Mutation, op: string): Json {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return value === undefined ? { op: 'remove', path: pointer } : { op, path: pointer, value };
}
