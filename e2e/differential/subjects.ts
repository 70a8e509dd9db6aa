/** The kinds that sequences are about, each with a valid object. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { customKinds } from '../../kube/kinds/custom/custom-kind.ts';
import type { KindDescriptor } from '../../kube/kinds/define.ts';
import { kinds } from '../../kube/kinds/index.ts';
import type { StructSchema } from '../../kube/machinery/schema/schema.ts';
import type { Json } from './mutations.ts';

export interface Subject {
  /** `plural.group`, with the version where a kind is served in several. */
  name: string;
  kind: KindDescriptor;
  manifest: Json;
  schema: StructSchema;
  /** Its definition, which each sequence makes for itself, changes, and deletes. */
  definition?: Json;
}

/** Definitions that both servers get before the first sequence: sequences are about their objects, too. */
export const definitions = documents('widgets.yaml');

const [trinkets] = documents('trinkets.yaml');

/** `wanted`: plurals or names of subjects, or none for all. */
export function loadSubjects(wanted: readonly string[]): Subject[] {
  const all = [...kinds, ...definitions.flatMap(({ spec }) => customKinds(spec))];
  const found: Subject[] = [];
  for (const manifest of documents('manifests.yaml')) {
    const kind = all.find((each) => each.apiVersion === manifest.apiVersion && each.kind === manifest.kind);
    if (!kind) throw new Error(`no kind ${manifest.apiVersion} ${manifest.kind}`);
    const { schema } = kind;
    if (schema.type !== 'struct') throw new Error(`${manifest.kind} has no fields`);
    const short = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
    const name = found.some((each) => each.name === short) ? `${short}/${kind.version}` : short;
    found.push({ name, kind, manifest, schema });
  }
  found.push(trinket(0));
  if (wanted.length === 0) return found;
  return found.filter(({ name, kind }) => wanted.includes(kind.plural) || wanted.includes(name));
}

/** The trinkets of the sequence of this number. */
function trinket(number: number, version = 'v1'): Subject {
  const definition = JSON.parse(JSON.stringify(trinkets).replaceAll('NUMBER', String(number))) as Json;
  // Requests are made for versions that are not served yet, too.
  const versions = definition.spec.versions.map((each: Json) => ({ ...each, served: true }));
  const kind = customKinds({ ...definition.spec, versions }).find((each) => each.version === version);
  if (kind?.schema.type !== 'struct') throw new Error(`trinkets have no ${version}`);
  const spec = { mode: 'a', size: 2, tags: ['x'], labels: { app: 'web' }, ports: [{ name: 'http', port: 80 }] };
  const manifest = { apiVersion: kind.apiVersion, kind: kind.kind, spec };
  return { name: 'trinkets.own.example.com', kind, manifest, schema: kind.schema, definition };
}

function documents(file: string): Json[] {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Json);
}

/** The objects of one sequence: those of cluster-scoped kinds have its number in their names, and all its label. */
export class Scope {
  readonly namespace: string;
  readonly number: number;
  #marks = 0;

  constructor(number: number) {
    this.number = number;
    this.namespace = `seq-${number}`;
  }

  collection({ kind }: Subject): string {
    const root = kind.group === '' ? '/api/v1' : `/apis/${kind.apiVersion}`;
    return kind.scope === 'Namespaced'
      ? `${root}/namespaces/${this.namespace}/${kind.plural}`
      : `${root}/${kind.plural}`;
  }

  name({ kind }: Subject, short: string): string {
    if (kind.plural === 'customresourcedefinitions') return `gadgets.${short}${this.number}.example.com`;
    if (kind.plural === 'apiservices') return `v1.${short}${this.number}.api.example.com`;
    if (kind.nameRule === 'ip') return `10.99.${this.number % 256}.${codeOf(short)}`;
    return kind.scope === 'Namespaced' ? short : `${short}-${this.number}`;
  }

  /** The subject with what belongs to this sequence alone, in another version where its definition has one. */
  own(subject: Subject, version?: string): Subject {
    return subject.definition ? trinket(this.number, version) : subject;
  }

  /** A number that no step of this sequence has had. */
  mark(): number {
    return ++this.#marks;
  }

  get selector(): string {
    return `seq=${this.number}`;
  }

  manifest(subject: Subject, short: string): Json {
    const { manifest } = subject;
    const copy = JSON.parse(JSON.stringify(manifest).replaceAll('"NAMESPACE"', JSON.stringify(this.namespace))) as Json;
    copy.metadata = { name: this.name(subject, short), labels: { seq: String(this.number) } };
    const group = /^GROUP(\..*)$/.exec(copy.spec?.group ?? '')?.[1];
    if (group !== undefined) copy.spec.group = `${short}${this.number}${group}`;
    return copy;
  }
}

/** A number below 256 for a short name. */
function codeOf(short: string): number {
  return [...short].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 256, 0);
}
