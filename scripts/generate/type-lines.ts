/**
 * Turns Go types into the lines of `kube/generated/types.ts`. The grammar is described there, and read by
 * `kube/machinery/schema/parse-line.ts`.
 */
import type { GoField, GoPackage, GoType } from './go-source.ts';
import type { Sources } from './sources.ts';

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1';
/** Types with a JSON form of their own, and the code each has. */
const SPECIAL: Record<string, string> = {
  [`${META}.Time`]: 't',
  [`${META}.MicroTime`]: 'm',
  [`${META}.Duration`]: 'u',
  [`${META}.FieldsV1`]: 'a(fields)',
  'k8s.io/apimachinery/pkg/api/resource.Quantity': 'q',
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': 'o',
  'k8s.io/apimachinery/pkg/runtime.RawExtension': 'a(raw)',
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON': 'a(json)',
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray': 'a(schema-or-list)',
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool': 'a(schema-or-boolean)',
  'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray': 'a(schema-or-names)',
};
const SCALARS: Record<string, string> = {
  string: 's',
  bool: 'b',
  int: 'i',
  int32: 'i',
  uint8: 'i',
  int64: 'l',
  float64: 'd',
  '[]byte': 'y',
};

export interface TypeRef {
  path: string;
  name: string;
}

/** `io.k8s.api.apps.v1` for `k8s.io/api/apps/v1`. */
export function modelPackage(path: string): string {
  return `io.k8s.${path.replace(/^k8s\.io\//, '').replaceAll('/', '.')}`;
}

/** The last two segments, by which lines of other packages refer to it: `apps.v1`. */
export function shortPackage(path: string): string {
  return path.split('/').slice(-2).join('.');
}

export function isKind(type: GoType): boolean {
  return type.fields.some((field) => field.name === '' && /(^|\.)TypeMeta$/.test(field.type));
}

interface Writer {
  sources: Sources;
  /** Every struct that a line refers to. */
  seen(ref: TypeRef): void;
  /** Every scalar type of which all values are known. */
  enumSeen(name: string, values: string[]): void;
  /** The package that the line is written in, where it is not that of the field. */
  home?: GoPackage;
}

export function typeLine(writer: Writer, goPackage: GoPackage, type: GoType): string {
  // `type MatchCondition v1.MatchCondition` is a type of its own with another's fields.
  const base = baseStruct(writer.sources, goPackage, type) ?? { goPackage, type };
  const fields = structFields(writer, base.goPackage, base.type, '', goPackage);
  const atomic = type.markers.get('structType')?.[0] === 'atomic' ? '~' : '';
  return `${atomic}${type.name}=${fields.join(' ')}`;
}

interface Found {
  goPackage: GoPackage;
  type: GoType;
}

/** The struct whose fields a type has; undefined for scalars, lists and maps. */
function baseStruct(sources: Sources, goPackage: GoPackage, type: GoType): Found | undefined {
  if (type.alias === undefined) return { goPackage, type };
  if (!/^[\w.]+$/.test(type.alias) || type.alias in SCALARS) return undefined;
  const next = lookUp(sources, goPackage, type.alias);
  return next && baseStruct(sources, next.goPackage, next.type);
}

/** Lines are read in the package `home`, so references are written as seen from there. */
function structFields(writer: Writer, from: GoPackage, type: GoType, within: string, home: GoPackage): string[] {
  return type.fields.flatMap((field) => {
    const [jsonName = '', ...options] = (field.tags.get('json') ?? '').split(',');
    if (options.includes('inline') || (field.name === '' && jsonName === '')) {
      const named = lookUp(writer.sources, from, field.type.replace(/^\*/, ''));
      const found = named && baseStruct(writer.sources, named.goPackage, named.type);
      if (!found) throw new Error(`${from.path}.${type.name} embeds ${field.type}, which is unknown`);
      if (found.type.name === 'TypeMeta') return ['%'];
      const number = protobufNumber(field);
      return structFields(writer, found.goPackage, found.type, `/${number}${found.type.name}${within}`, home);
    }
    if (jsonName === '-' || jsonName === '') return [];
    return [fieldText({ ...writer, home }, from, field, jsonName, options, within)];
  });
}

function fieldText(
  writer: Writer,
  goPackage: GoPackage,
  field: GoField,
  name: string,
  options: string[],
  within: string,
): string {
  const required = field.markers.has('required') || !(field.markers.has('optional') || options.includes('omitempty'));
  const number = protobufNumber(field);
  const strategies = field.tags.get('patchStrategy');
  const mergeKey = field.tags.get('patchMergeKey');
  const code = typeCode(writer, goPackage, field.type, field.markers);
  return [
    `${name}${required ? '!' : ''}${printMark(field, code, options)}:${code}`,
    number || within ? `@${number}${writtenMark(field, code)}${within}` : '',
    strategies ? `^${strategies}${mergeKey ? `|${mergeKey}` : ''}` : '',
    defaultText(goPackage, field),
  ].join('');
}

/**
 * The condition under which Go prints the field: `+` always, since `omitempty` does not omit a struct that is no
 * pointer; `-` likewise, as null where it was not given: times, and pointers without `omitempty`; `*` whenever it was given; '' when it is not empty.
 */
function printMark(field: GoField, code: string, options: string[]): string {
  if (options.includes('omitzero')) return '*';
  if (field.type.startsWith('*')) return options.includes('omitempty') || /^[tm]$/.test(code) ? '*' : '-';
  if (code.startsWith('>') || code === 'q' || code === 'u') return '+';
  if (/^[tm]$/.test(code)) return '-';
  if (options.includes('omitempty')) return /^[sbildy[{]/.test(code) ? '' : '*';
  return /^[sbild](\(|$)/.test(code) ? '+' : '*';
}

/**
 * `&` where Go holds a value of a type with a form of its own, and no pointer: its message is written even when empty.
 */
function writtenMark(field: GoField, code: string): string {
  return /^([tmou]|a\(raw\)|a\(json\))/.test(code) && !field.type.startsWith('*') ? '&' : '';
}

function protobufNumber(field: GoField): string {
  return /^\w+,(\d+)/.exec(field.tags.get('protobuf') ?? '')?.[1] ?? '';
}

function defaultText(goPackage: GoPackage, field: GoField): string {
  let value = field.markers.get('default')?.[0];
  if (value === undefined) return '';
  const reference = /^ref\((\w+)\)$/.exec(value);
  if (reference) {
    for (const [name, constant] of goPackage.constants) if (name === reference[1]) value = constant.value;
  }
  JSON.parse(value);
  return `=${value}`;
}

export function lookUp(
  sources: Sources,
  from: GoPackage,
  name: string,
): { goPackage: GoPackage; type: GoType } | undefined {
  const [first = '', second] = name.split('.');
  const goPackage = second === undefined ? from : sources.goPackage(from.imports.get(first) ?? '');
  const type = goPackage?.types.get(second ?? first);
  return goPackage && type ? { goPackage, type } : undefined;
}

type Markers = ReadonlyMap<string, string[]>;

function typeCode(writer: Writer, from: GoPackage, written: string, markers: Markers, wrapped = false): string {
  if (written in SCALARS) return SCALARS[written] ?? '';
  if (written.startsWith('*')) return typeCode(writer, from, written.slice(1), markers);
  if (written.startsWith('[]')) {
    const listType = markers.get('listType')?.[0] ?? 'atomic';
    const keys = listType === 'map' ? `(${(markers.get('listMapKey') ?? []).join(',')})` : '';
    return `[${wrapped ? '*' : ''}${listType.slice(0, 1)}${keys}${typeCode(writer, from, written.slice(2), new Map())}`;
  }
  const map = /^map\[([\w.]+)\](.*)$/.exec(written);
  if (map) {
    const atomic = markers.get('mapType')?.[0] === 'atomic' ? '~' : '';
    // Errors of the decoder name the type of the keys, too.
    const named = map[1] === 'string' ? '' : (map[1] ?? '');
    const key = named && `<${named.includes('.') ? named : `${shortPackage(from.path)}.${named}`}>`;
    return `{${atomic}${key}${typeCode(writer, from, map[2] ?? '', new Map())}`;
  }
  return namedCode(writer, from, written, markers);
}

function namedCode(writer: Writer, from: GoPackage, written: string, markers: Markers): string {
  const found = lookUp(writer.sources, from, written);
  if (!found) throw new Error(`${from.path}: ${written} is unknown`);
  const { goPackage, type } = found;
  const special = SPECIAL[`${goPackage.path}.${type.name}`];
  if (special) return special;
  if (type.alias !== undefined) {
    const underlying = SCALARS[type.alias];
    // Named scalars keep their Go name, which decoding errors speak of.
    if (underlying) {
      const name = `${shortPackage(goPackage.path)}.${type.name}`;
      if (type.markers.has('enum')) writer.enumSeen(name, enumValues(writer.sources, goPackage, type.name));
      return `${underlying}(${name})`;
    }
    const merged = new Map([...type.markers, ...markers]);
    const isStruct = baseStruct(writer.sources, goPackage, type) !== undefined;
    if (type.same || !isStruct) {
      const code = typeCode(writer, goPackage, type.alias, merged, type.markers.has('protobuf.nullable'));
      const name = `${shortPackage(goPackage.path)}.${type.name}`;
      if (type.alias.startsWith('map[')) return code.replace(/^\{(~?)(?:<[^>]*>)?/, `{$1(${name})`);
      return code.replace(/^\[/, `[<${name}>`);
    }
  }
  writer.seen({ path: goPackage.path, name: type.name });
  const relation = markers.get('structType')?.[0] ?? markers.get('mapType')?.[0] ?? '';
  const atomic = { atomic: '~', granular: '!' }[relation] ?? '';
  return `>${atomic}${goPackage === (writer.home ?? from) ? '' : `${shortPackage(goPackage.path)}/`}${type.name};`;
}

function enumValues(sources: Sources, goPackage: GoPackage, type: string): string[] {
  const constants = [...goPackage.constants.values()].filter((constant) => constant.type === type);
  return constants.map(({ value }) => constantValue(sources, goPackage, value)).sort();
}

function constantValue(sources: Sources, goPackage: GoPackage, written: string): string {
  if (written.startsWith('"')) return JSON.parse(written) as string;
  const [from = '', name = ''] = written.split('.');
  const found = sources.goPackage(goPackage.imports.get(from) ?? '')?.constants.get(name);
  if (!found?.value.startsWith('"')) throw new Error(`${goPackage.path}: the value of ${written} is unknown`);
  return JSON.parse(found.value) as string;
}
