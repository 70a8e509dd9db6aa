/** `kubectl explain`, of the cluster's OpenAPI v3 schemas. */

import { apiVersionOf, type Mapping } from '../api/discovery.ts';
import { type Schema, type Schemas, schemasOf } from '../api/openapi.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, PlainError } from '../errors.ts';
import { bool, string } from '../flags/define.ts';

export const explain: Command = {
  name: 'explain',
  section: 'Basic Commands (Intermediate)',
  short: 'Get documentation for a resource',
  examples: `
# What a pod is made of
kubectl explain pods

# One field
kubectl explain pods.spec.containers

# All fields beneath, by name alone
kubectl explain deployment.spec --recursive`,
  args: 'TYPE[.FIELD] [--recursive=FALSE|TRUE] [--api-version=api-version-group]',
  completes: 'types',
  flags: [
    bool(
      'recursive',
      'When true, print the name of all the fields recursively. Otherwise, print the available fields with their description.',
    ),
    string('api-version', 'Use given api-version (group/version) of the resource.'),
    string('output', 'Format in which to render the schema.', { byDefault: 'plaintext', choices: ['plaintext'] }),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { args, flags } = context;
  if (args.length === 0) {
    throw new CommandError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  if (args.length > 1) throw new CommandError('We accept only this format: explain RESOURCE\n');
  const { mapping, path } = await chosen(context, args[0] as string);
  const schemas = await schemasOf(context.client, context.world, mapping);
  const schema = schemas.ofKind(mapping);
  if (!schema) throw new CommandError(`couldn't find resource for "${apiVersionOf(mapping)}, Kind=${mapping.kind}"`);
  const head = `${mapping.group === '' ? '' : `GROUP:      ${mapping.group}\n`}KIND:       ${mapping.kind}\nVERSION:    ${mapping.version}\n\n`;
  context.out(head);
  const body = new Explainer(schemas, flags.bool('recursive')).output(schema, path, new Set());
  if (body === undefined) throw new PlainError(`error: field ${JSON.stringify(path.at(-1))} does not exist`);
  context.out(`${body}\n`);
}

/** The longest beginning that names a type; what follows are fields. */
async function chosen(context: Context, text: string): Promise<{ mapping: Mapping; path: string[] }> {
  const parts = text.split('.').filter((part) => part !== '');
  const all = await context.discovery.all();
  const wanted = context.flags.string('api-version');
  if (wanted !== '') {
    const named = await context.discovery.find(parts[0] as string);
    const mapping = all.find((each) => apiVersionOf(each) === wanted && each.kind === named.kind);
    if (!mapping) throw new CommandError(`couldn't find resource for "${wanted}, Kind=${named.kind}"`);
    return { mapping, path: parts.slice(1) };
  }
  for (let length = parts.length; length > 1; length--) {
    const word = parts.slice(0, length).join('.');
    const mapping = all.find(({ group, version, resource, singular, kind, shortNames }) =>
      [resource, singular, kind.toLowerCase(), ...shortNames].some(
        (name) => group !== '' && (word === `${name}.${group}` || word === `${name}.${version}.${group}`),
      ),
    );
    if (mapping) return { mapping, path: parts.slice(length) };
  }
  try {
    return { mapping: await context.discovery.find(parts[0] as string), path: parts.slice(1) };
  } catch (error) {
    throw error instanceof CommandError ? new PlainError(error.message) : error;
  }
}

class Explainer {
  readonly #schemas: Schemas;
  readonly #recursive: boolean;

  constructor(schemas: Schemas, recursive: boolean) {
    this.#schemas = schemas;
    this.#recursive = recursive;
  }

  /** Undefined: there is no such field. */
  output(schema: Schema, path: readonly string[], seen: ReadonlySet<string>): string | undefined {
    const reference = schema.$ref;
    const resolved = this.#target(schema);
    if (path.length === 0) return this.#described(schema, resolved);
    if (reference !== undefined && seen.has(reference)) return undefined;
    const history = reference === undefined ? seen : new Set([...seen, reference]);
    const [field = '', ...rest] = path;
    const property = resolved.properties?.[field];
    if (property) {
      const head = rest.length > 0 ? '' : `FIELD: ${field} <${this.#type(property)}>\n${enumLong(property)}\n\n`;
      const inner = this.output(property, rest, new Set());
      return inner === undefined ? undefined : head + inner;
    }
    for (const next of this.#inner(resolved)) {
      const found = this.output(next, path, history);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The target of a reference; the fields beside it do not count. */
  #target(schema: Schema): Schema {
    return schema.$ref === undefined ? schema : this.#schemas.resolve({ $ref: schema.$ref });
  }

  #inner({ items, additionalProperties, allOf = [] }: Schema): Schema[] {
    if (items) return [items];
    return typeof additionalProperties === 'object' ? [additionalProperties] : allOf;
  }

  #described(schema: Schema, resolved: Schema): string {
    const text = this.#description(schema) || '<empty>';
    const fields = this.#fields(resolved, 1, new Set());
    return `DESCRIPTION:\n${indent(wrap(text, 76), 4)}\n${fields === '' ? '' : `FIELDS:\n${fields}`}`;
  }

  #description(schema: Schema): string {
    const resolved = this.#target(schema);
    const own = resolved.description ? `${resolved.description}\n` : '';
    const others = [...(resolved.allOf ?? []), ...(resolved.items ? [resolved.items] : [])];
    if (typeof resolved.additionalProperties === 'object') others.push(resolved.additionalProperties);
    return own + others.map((each) => this.#description(each)).join('');
  }

  #fields(schema: Schema, level: number, seen: ReadonlySet<string>): string {
    const reference = schema.$ref ?? '';
    if (reference !== '' && seen.has(reference)) return '';
    const history = new Set([...seen, reference]);
    const resolved = this.#target(schema);
    let text = '';
    for (const name of Object.keys(resolved.properties ?? {}).sort()) {
      const property = resolved.properties?.[name] as Schema;
      text += this.#field(name, property, resolved.required?.includes(name) === true, level);
      if (this.#recursive) text += this.#fields(property, level + 1, history);
    }
    for (const next of resolved.allOf ?? []) text += this.#fields(next, level, history);
    if (resolved.items) text += this.#fields(resolved.items, level, history);
    if (typeof resolved.additionalProperties === 'object')
      text += this.#fields(resolved.additionalProperties, level, history);
    return text;
  }

  #field(name: string, schema: Schema, isRequired: boolean, level: number): string {
    const pad = level * 2;
    const line = `${' '.repeat(pad)}${name}\t<${this.#type(schema)}>${isRequired ? ' -required-' : ''}${enumShort(schema, pad)}\n`;
    if (this.#recursive) return line;
    return `${line}${indent(wrap(schema.description || '<no description>', 78 - pad), pad + 2)}\n\n`;
  }

  #type(schema: Schema): string {
    const { items, additionalProperties, allOf = [], properties, $ref: reference, type } = schema;
    if (items) return `[]${this.#type(items)}`;
    if (typeof additionalProperties === 'object') return `map[string]${this.#type(additionalProperties)}`;
    if (allOf.length === 1 && !properties) return this.#type(allOf[0] as Schema);
    if (reference !== undefined) {
      const target = this.#target(schema);
      return !target.type || target.type === 'object' ? (this.#schemas.nameOf(schema) ?? 'Object') : target.type;
    }
    return !type || type === 'object' ? 'Object' : type;
  }
}

const word = (value: unknown): string => (value === '' ? '""' : String(value));
const SHOWN = 4;

function enumShort({ enum: values }: Schema, pad: number): string {
  if (!values || values.length === 0) return '';
  const list = values.slice(0, SHOWN).map(word).join(', ');
  return `\n${' '.repeat(pad)}enum: ${list}${values.length > SHOWN ? ', ....' : ''}`;
}

function enumLong({ enum: values }: Schema): string {
  return values && values.length > 0 ? `ENUM:${values.map((value) => `\n    ${word(value)}`).join('')}` : '';
}

function indent(text: string, amount: number): string {
  const pad = ' '.repeat(amount);
  return pad + text.replaceAll('\n', `\n${pad}`);
}

/** At spaces, to a width; line breaks stay, and spaces at the beginnings of lines. */
function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      let [out, length] = ['', 0];
      for (const [, space = '', part = ''] of line.matchAll(/(\s*)(\S*)/g)) {
        if (part !== '' && length > 0 && length + space.length + part.length > width) {
          out += `\n${part}`;
          length = part.length;
        } else if (part !== '' || length + space.length <= width) {
          out += space + part;
          length += space.length + part.length;
        }
      }
      return out;
    })
    .join('\n');
}
