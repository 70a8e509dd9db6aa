/**
 * The schemas of the built-in types. Nothing is parsed before it is asked for: the index of names is made on the first
 * call, the fields of a type when they are first read.
 */
import { TYPES } from '../../generated/types.ts';
import { parseFields } from './parse-line.ts';
import type { FieldSchema, StructSchema } from './schema.ts';

interface Line {
  package: string;
  atomic: boolean;
  /** The text after the `=`. */
  text: string;
}

interface Index {
  /** Definition name → line. */
  lines: ReadonlyMap<string, Line>;
  /** `core.v1` → `io.k8s.api.core.v1` */
  packages: ReadonlyMap<string, string>;
  /** `apps/v1` → its packages. */
  groupVersions: ReadonlyMap<string, string>;
}

let index: Index | undefined;
const structs = new Map<string, StructSchema>();

/** Throws where there is no such type: names come from code. `io.k8s.api.core.v1.PodSpec` */
export function schemaOf(definitionName: string): StructSchema {
  const found = structs.get(definitionName);
  if (found) return found;
  if (!getIndex().lines.has(definitionName)) throw new Error(`no built-in type ${definitionName}`);
  return structOf(definitionName, undefined);
}

/** The schema of a built-in kind; undefined where there is none, as for a custom resource. */
export function kindSchema(group: string, version: string, kind: string): StructSchema | undefined {
  const packageName = getIndex().groupVersions.get(`${group}/${version}`);
  const name = `${packageName}.${kind}`;
  const line = getIndex().lines.get(name);
  return line?.text.startsWith('%') ? schemaOf(name) : undefined;
}

/** All definition names, in the order of the packages. */
export function definitionNames(): IterableIterator<string> {
  return getIndex().lines.keys();
}

/** The kinds of all groups: those whose objects have a kind and an apiVersion, lists included. */
export function* builtInKinds(): Generator<{ group: string; version: string; kind: string; definition: string }> {
  for (const [groupVersion, packageName] of getIndex().groupVersions) {
    const [group = '', version = ''] = groupVersion.split('/');
    for (const [definition, line] of getIndex().lines) {
      if (line.package !== packageName || !line.text.startsWith('%')) continue;
      yield { group, version, kind: definition.slice(packageName.length + 1), definition };
    }
  }
}

class BuiltInStruct implements StructSchema {
  readonly type = 'struct';
  readonly name: string;
  readonly atomic: boolean;
  private parsed: ReadonlyMap<string, FieldSchema> | undefined;

  constructor(name: string, atomic: boolean) {
    this.name = name;
    this.atomic = atomic;
  }

  get fields(): ReadonlyMap<string, FieldSchema> {
    this.parsed ??= this.parse();
    return this.parsed;
  }

  private parse(): ReadonlyMap<string, FieldSchema> {
    const { lines, packages } = getIndex();
    const line = lines.get(this.name);
    if (!line) throw new Error(`no built-in type ${this.name}`);
    return parseFields(line.text, (reference, atomic) => {
      const slash = reference.indexOf('/');
      const packageName = slash < 0 ? line.package : packages.get(reference.slice(0, slash));
      return structOf(`${packageName}.${reference.slice(slash + 1)}`, atomic);
    });
  }
}

/** A struct for each name, and another where a field is atomic and its type is not, or the reverse. */
function structOf(name: string, wanted: boolean | undefined): StructSchema {
  const itself = getIndex().lines.get(name)?.atomic ?? false;
  const atomic = wanted ?? itself;
  const key = atomic === itself ? name : `${name} ${atomic}`;
  let struct = structs.get(key);
  if (!struct) {
    struct = new BuiltInStruct(name, atomic);
    structs.set(key, struct);
  }
  return struct;
}

function getIndex(): Index {
  index ??= makeIndex(TYPES);
  return index;
}

function makeIndex(text: string): Index {
  const lines = new Map<string, Line>();
  const packages = new Map<string, string>();
  const groupVersions = new Map<string, string>();
  let packageName = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) {
      const [name = '', group = ''] = line.slice(1).split(' ');
      packageName = name;
      const [version = '', parent = ''] = name.split('.').reverse();
      packages.set(`${parent}.${version}`, name);
      groupVersions.set(`${group}/${version}`, name);
    } else if (line !== '') {
      const equals = line.indexOf('=');
      const atomic = line.startsWith('~');
      lines.set(`${packageName}.${line.slice(atomic ? 1 : 0, equals)}`, {
        package: packageName,
        atomic,
        text: line.slice(equals + 1),
      });
    }
  }
  return { lines, packages, groupVersions };
}
