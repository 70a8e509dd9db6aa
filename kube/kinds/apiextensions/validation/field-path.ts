/** Paths to fields of a schema, as `.spec.color` or `.spec['a.b']` (apiextensions `schema/cel` ValidFieldPath). */
import { unescapedName } from '../../../machinery/cel/rules/field-path.ts';
import { additionalSchema, propertyOf, type StructuralSchema } from '../../../machinery/structural/schema.ts';

export type FoundField = { path: string; root: string; schema: StructuralSchema | undefined } | { error: string };

export function validFieldPath(text: string, root: StructuralSchema, arrayNotation = true): FoundField {
  const tokens = tokensOf(text);
  let schema: StructuralSchema | undefined = root;
  const steps: string[] = [];
  let first = '';
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at++];
    let name: string;
    if (token === '.') {
      const next = tokens[at++];
      if (next === undefined) return { error: 'unexpected end of JSON path' };
      name = next;
    } else if (token === '[') {
      if (!arrayNotation) return { error: 'array notation is not allowed' };
      const next = tokens[at++];
      if (next === undefined) return { error: 'unexpected end of JSON path' };
      if (next.length < 2 || !next.startsWith("'") || !next.endsWith("'")) {
        return { error: `expected single quoted string but got ${next}` };
      }
      name = unescapedName(next.slice(1, -1));
      const end = tokens[at++];
      if (end === undefined) return { error: 'unexpected end of JSON path' };
      if (end !== ']') return { error: `expected ] but got ${end}` };
    } else return { error: `expected [ or . but got: ${token}` };
    const isNamed: boolean = hasFields(schema);
    if (!isNamed && schema?.additionalProperties === undefined) return { error: 'does not refer to a valid field' };
    const inner: StructuralSchema | undefined = isNamed ? propertyOf(schema, name) : additionalSchema(schema);
    if (isNamed && !inner) return { error: 'does not refer to a valid field' };
    schema = inner;
    if (steps.length === 0) first = name;
    steps.push(isNamed ? `.${name}` : `[${name}]`);
  }
  return { path: steps.join('').replace(/^\./, ''), root: first, schema };
}

const named = new WeakMap<object, boolean>();

/**
 * Whether the schema has properties, kept for thousands of paths: engines list all names of an object even to see one.
 */
function hasFields(schema: StructuralSchema | undefined): boolean {
  const properties = schema?.properties;
  if (!properties) return false;
  let has = named.get(properties);
  if (has === undefined) {
    has = Object.keys(properties).length > 0;
    named.set(properties, has);
  }
  return has;
}

/** Dots, brackets, quoted texts, and what lies between. */
function tokensOf(text: string): string[] {
  return text.match(/'(?:\\.|[^'\\])*'|[.[\]]|[^.[\]]+/gs) ?? [];
}
