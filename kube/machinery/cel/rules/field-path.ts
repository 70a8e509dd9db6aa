/**
 * The `fieldPath` of a rule, as `.spec.color` or `.labels['a.b']` (apiextensions `schema/cel/validation.go`
 * ValidFieldPath).
 */
import type { SchemaProps } from '../schema/schema.ts';

const STEP = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\])/;
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A name between quotes, with the escapes of Go. */
export function unescapedName(quoted: string): string {
  return quoted.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** As errors print it, `spec.color` or `labels[a.b]`; undefined where it leads nowhere in the schema. */
export function fieldPath(path: string, root: SchemaProps): string | undefined {
  let schema: SchemaProps = root;
  let rest = path;
  let printed = '';
  while (rest !== '') {
    const [whole, plain, quoted] = STEP.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    const name = plain ?? unescapedName(quoted as string);
    rest = rest.slice(whole.length);
    const { properties, additionalProperties } = schema;
    if (properties) {
      const next = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (!next) return undefined;
      schema = next;
      printed += `${printed === '' ? '' : '.'}${name}`;
    } else if (typeof additionalProperties === 'object') {
      schema = additionalProperties;
      printed += `[${name}]`;
    } else return undefined;
  }
  return printed;
}
