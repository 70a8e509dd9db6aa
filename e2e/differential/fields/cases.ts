/** Every field of a kind with every value that it is tried with. */
import type { Json, Mutation } from '../mutations.ts';
import { type Definitions, resolved } from './openapi.ts';
import { exampleOf, valuesOf } from './values.ts';

const MAX_DEPTH = 14;
/** Definitions that contain themselves are entered this often. */
const MAX_SAME = 2;
/** Type information, and what a dry run of upstream's shows although a write would not keep it or would refuse it. */
const SKIPPED = new Set(['apiVersion', 'kind', 'metadata.resourceVersion', 'metadata.selfLink', 'metadata.uid']);

/** A place of the schema. */
export interface Place {
  path: readonly (string | number)[];
  /** The schema of the value there, and of each container on the way to it. */
  schemas: readonly Json[];
}

export function places(definitions: Definitions, root: Json): Place[] {
  const found: Place[] = [];
  const walk = (raw: Json, path: readonly (string | number)[], schemas: readonly Json[], names: readonly string[]) => {
    const schema = resolved(definitions, raw);
    const all = [...schemas, raw];
    if (path.length > 0) found.push({ path, schemas: all });
    if (path.length >= MAX_DEPTH) return;
    const within = schema.name ? [...names, schema.name] : names;
    if (schema.name && within.filter((each) => each === schema.name).length > MAX_SAME) return;
    for (const [name, inner] of Object.entries(schema.properties ?? {})) {
      if (!SKIPPED.has([...path, name].join('.'))) walk(inner, [...path, name], all, within);
    }
    if (schema.items) walk(schema.items, [...path, 0], all, within);
    if (schema.additionalProperties) walk(schema.additionalProperties, [...path, 'a'], all, within);
  };
  walk(root, [], [], []);
  return found;
}

/** The mutations of one place: each of its values, with what must be around it. */
export function mutationsAt(definitions: Definitions, { path, schemas }: Place): Mutation[] {
  const field = [...path].reverse().find((step) => typeof step === 'string' && step !== 'a') ?? '';
  return valuesOf(definitions, schemas.at(-1), String(field)).map((value) => ({ path, value }));
}

/** The object with the mutation in it. What is missing on the way there is made from examples. */
export function withMutation(definitions: Definitions, object: Json, place: Place, value: Json): Json {
  const copy = structuredClone(object);
  let at = copy;
  for (const [index, step] of place.path.entries()) {
    const last = index === place.path.length - 1;
    const key = Array.isArray(at) ? Math.min(Number(step), at.length) : step;
    if (last && value === undefined) {
      if (Array.isArray(at)) at.splice(Number(key), 1);
      else delete at[key];
    } else if (last) at[key] = structuredClone(value);
    else {
      const inner = Object.hasOwn(at, key) ? at[key] : undefined;
      const fits = typeof inner === 'object' && inner !== null;
      if (!fits) at[key] = exampleOf(definitions, place.schemas[index + 1], String(step));
      at = at[key];
      if (typeof at !== 'object' || at === null) return copy;
    }
  }
  return copy;
}
