/** Names of properties as CEL identifiers (apiserver `pkg/cel/escaping.go`). */
import { entryOf } from '../../entries.ts';

const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);
const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};
const UNESCAPES: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** undefined for a name that no expression can write. */
export function escapeName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  if (PLAIN.test(name) && !name.includes('__')) return name;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  return name.replace(/__|[-./]/g, (part) => ESCAPES[part] as string);
}

/** undefined where the sequence means nothing. */
export function unescapeName(escaped: string): string | undefined {
  if (!escaped.includes('__')) return escaped;
  let valid = true;
  const name = escaped.replace(/__([^_]+)__/g, (whole, content: string) => {
    const part = entryOf(UNESCAPES, content);
    if (part !== undefined) return part;
    if (!RESERVED.has(content) || whole.length !== escaped.length) valid = false;
    return content;
  });
  return valid ? name : undefined;
}
