/** The media type and shape that a client accepts (apiserver `pkg/endpoints/handlers/negotiation`). */
import { notAcceptable, notAcceptableShape } from '../errors.ts';

type Shape = 'object' | 'table' | 'metadata';

export interface Accepted {
  format: 'json' | 'yaml';
  as: Shape;
  /** The version of meta.k8s.io, for tables and metadata. */
  version: MetaVersion;
}

/** Tables of v1beta1, which old clients ask for, differ from those of v1 in nothing but this. */
export type MetaVersion = 'v1' | 'v1beta1';

export interface AcceptOptions {
  /** The resource can be shown as a table; true when left out. */
  withTables?: boolean;
  /** Tables and metadata can be made in v1beta1, too. */
  withBeta?: boolean;
  /** The document has one shape only. */
  asIs?: boolean;
}

/** The check of upstream's two that refuses: the server makes none of the formats, or none of them in the shape. */
type Refusal = 'format' | 'shape';

const MEDIA_TYPES = ['application/json', 'application/yaml'];
const JSON_OBJECT: Accepted = { format: 'json', as: 'object', version: 'v1' };
const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['Table', 'table'],
  ['PartialObjectMetadata', 'metadata'],
  ['PartialObjectMetadataList', 'metadata'],
]);

/** Outcomes by header and options: clients send a handful of headers over and over. */
const seen = new Map<string, Accepted | Refusal>();
const MAX_SEEN = 200;

/** Throws 406 when the server makes nothing that the header accepts. */
export function accept(header: string | undefined, options: AcceptOptions = {}): Accepted {
  if (header === undefined || header === '' || header === 'application/json') return JSON_OBJECT;
  const id = `${options.withTables} ${options.withBeta} ${options.asIs} ${header}`;
  let accepted = seen.get(id);
  if (accepted === undefined) {
    accepted = choose(header, options);
    if (seen.size >= MAX_SEEN) seen.clear();
    seen.set(id, accepted);
  }
  if (accepted === 'format') throw notAcceptable(MEDIA_TYPES);
  if (accepted === 'shape') throw notAcceptableShape(MEDIA_TYPES);
  return accepted;
}

function choose(header: string, { withTables = true, withBeta, asIs }: AcceptOptions): Accepted | Refusal {
  const clauses = header
    .split(',')
    .map(parseClause)
    // Stable: of the same weight, the first wins.
    .sort((a, b) => b.weight - a.weight);
  let refusal: Refusal = 'format';
  for (const { type, parameters } of clauses) {
    const format = formatOf(type);
    if (format === undefined) continue;
    refusal = 'shape';
    const wanted = parameters.get('as');
    if (wanted === undefined) return { format, as: 'object', version: 'v1' };
    const as = SHAPES.get(wanted);
    if (asIs || (as === 'table' && !withTables)) continue;
    const version = parameters.get('v');
    if (!as || parameters.get('g') !== 'meta.k8s.io') continue;
    if (version === 'v1' || (version === 'v1beta1' && withBeta)) return { format, as, version };
  }
  return refusal;
}

function parseClause(clause: string): { type: string; parameters: Map<string, string>; weight: number } {
  const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals > 0) parameters.set(part.slice(0, equals), part.slice(equals + 1));
  }
  const weight = Number(parameters.get('q') ?? 1);
  return { type: type.toLowerCase(), parameters, weight: Number.isNaN(weight) ? 1 : weight };
}

function formatOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
  return type === 'application/yaml' ? 'yaml' : undefined;
}
