/**
 * Masks values that differ between two servers that behave the same: uids, revisions, times, random names and
 * addresses.
 */
import type { Json } from './mutations.ts';

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const GENERATED = /(?<=[-_]|x{40})[bcdfghjklmnpqrstvwxz2456789]{5}(?![a-z0-9])/g;
const CLUSTER_IP = /\b10\.(96|0)\.\d{1,3}\.\d{1,3}\b/g;
/** Ranges that a sequence makes give addresses here at once; upstream's controller, which does not run, would tell so first. */
const ADDRESSES: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs']);
const OWN_ADDRESS = /^10(\.\d{1,3}){3}$/;
/** The part of a message about a revision that is still to come which names the present one. */
const CURRENT = /current: \d+/;
/** Upstream shows what an update changed as a text comparison of Go's own structs; Islet names the fields as JSON. */
const CHANGES = /(\(allow it to be set to 1 if it was previously negative\)|for bound claims|after creation)\n[\s\S]*/;
/** The part of a message about a precondition that names revisions. */
const PRECONDITION = /(ResourceVersion in (?:object meta: |record \())\d+/g;
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;
/** A library's message about a text that is no YAML, and Go's about a byte that is no text: clients act on neither. */
const PARSER = /^(?:the object provided is unrecognized \(.*?\): |error converting YAML to JSON: )yaml: [\s\S]*/;
const BYTE = /(invalid continue token: .* invalid character )'[^']*'/;
/** The path of an error that names a key of a map: upstream looks at the keys in another order each time. */
const MAP_KEY = /\[[^\]\d][^\]]*\]: /;
const ERRORS = /^(.* is invalid: )\[(.*)\]$/s;
/** Faults of an applied configuration, a line each, which upstream finds in another order each time. */
const FAULTS = /^(failed to create typed patch object .*: errors:)\n([\s\S]*)/;
/** The highest port shown: upstream's allocator goes on from the port of a dry run, beyond the last node port. */
const LAST_TRIED = 33_000;
/** An age in a table: `2h`, `5m3s`. */
const AGE = /^(\d+[smhdy])+$/;

/** One server's values, numbered in the order in which they were first seen. */
export class Mask {
  readonly #uids = new Map<string, string>();
  readonly #revisions = new Map<string, string>();
  readonly #number: string | undefined;

  /** `number`: of the sequence, which is in the names of its objects. */
  constructor(number?: number) {
    this.#number = number === undefined ? undefined : String(number);
  }

  apply(value: Json, key = '', parent = ''): Json {
    if (typeof value === 'string') return this.#text(value, key, parent);
    if (typeof value === 'number') return isNodePort(value, key) ? 'nodePort' : value;
    if (Array.isArray(value)) {
      const masked = value.map((each) => this.apply(each, key, parent));
      return key === 'causes' ? masked.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : masked;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [this.#key(name), this.apply(inner, name, key)]),
    );
  }

  /** The key of a list's item in managed fields may hold a uid. */
  #key(name: string): string {
    return name.length < 8 ? name : this.#text(name, '', '');
  }

  #text(text: string, key: string, parent: string): string {
    if (key === 'resourceVersion' && /^\d+$/.test(text) && parent === 'metadata')
      return this.#numbered(this.#revisions, text, 'rv');
    if (ADDRESSES.has(key) && OWN_ADDRESS.test(text)) return 'clusterIP';
    if (key === 'continue') return text === '' ? '' : 'token';
    if (key === 'cells' && AGE.test(text)) return 'age';
    const own = this.#number === undefined ? text : text.replaceAll(this.#number, 'N');
    return own
      .replaceAll('islet:admin', 'admin')
      .replace(TOKEN, 'token')
      .replace(PRECONDITION, '$1rv')
      .replace(UID, (uid) => this.#numbered(this.#uids, uid, 'uid'))
      .replace(TIME, (_, fraction: string | undefined) => (fraction ? 'microTime' : 'time'))
      .replace(GENERATED, 'xxxxx')
      .replace(CLUSTER_IP, 'clusterIP')
      .replace(CURRENT, 'current: rv')
      .replace(CHANGES, '$1')
      .replace(PARSER, 'no YAML')
      .replace(BYTE, '$1…')
      .replace(FAULTS, (_, head: string, lines: string) => [head, ...lines.split('\n').sort()].join('\n'))
      .replace(ERRORS, (all, head: string, errors: string) =>
        MAP_KEY.test(errors) ? `${head}[${errors.split(', ').sort().join(', ')}]` : all,
      );
  }

  #numbered(seen: Map<string, string>, value: string, prefix: string): string {
    const known = seen.get(value) ?? `${prefix}${seen.size + 1}`;
    seen.set(value, known);
    return known;
  }
}

/** Islet says of some kinds that nothing acts on them yet, in a warning of its own. */
const OWN_WARNING = /^299 - "\S+ are stored, but nothing acts on them yet in this version of Islet"(, )?/;

/** The `Warning` header without Islet's own. */
export function withoutOwnWarning(header: string): string {
  return header.replace(OWN_WARNING, '');
}

function isNodePort(value: number, key: string): boolean {
  return (key === 'nodePort' || key === 'healthCheckNodePort') && value >= 30000 && value <= LAST_TRIED;
}

/** Kinds of which a part is written at another time than upstream's, or where upstream runs a program for it. */
const OWN_TIME: Readonly<Record<string, string | undefined>> = {
  // Counted in the commit of each write; upstream's are by kube-controller-manager, which does not run here.
  resourcequotas: 'resourcequota-controller',
  // Names are accepted by a controller, with whose writes the requests race.
  customresourcedefinitions: 'kube-apiserver',
  // Availability is looked at by a controller.
  apiservices: 'kube-apiserver',
  // The consumer of the configuration writes conditions.
  flowschemas: 'api-priority-and-fairness-config-consumer-v1',
  // Upstream's first update of a claim that changes nothing moves its revision, and the second does not.
  persistentvolumeclaims: '',
};

/** Whether the status, the revision and the events of the collection are left out. */
export function hasOwnTime(path: string): boolean {
  return Object.keys(OWN_TIME).some((plural) => path.includes(`/${plural}`));
}

/** The object without the parts that {@link hasOwnTime} is about. */
export function withoutOwnTime(value: Json, path: string): Json {
  const manager = Object.entries(OWN_TIME).find(([plural]) => path.includes(`/${plural}`))?.[1];
  return manager === undefined ? value : settled(value, manager);
}

function settled(value: Json, manager: string): Json {
  if (Array.isArray(value)) return value.map((each) => settled(each, manager));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, settled(inner, manager)]));
  if (kept.cells) kept.cells = kept.cells[0];
  const { metadata } = kept;
  if (typeof metadata !== 'object' || metadata === null) return kept;
  if (metadata.resourceVersion) metadata.resourceVersion = 'rv';
  if (manager === '') return kept;
  delete kept.status;
  if (!Array.isArray(metadata.managedFields)) return kept;
  metadata.managedFields = metadata.managedFields.filter((entry: Json) => entry?.manager !== manager);
  if (metadata.managedFields.length === 0) delete metadata.managedFields;
  return kept;
}
