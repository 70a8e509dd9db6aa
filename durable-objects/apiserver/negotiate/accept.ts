/** The media type and shape that a client accepts (apiserver `pkg/endpoints/handlers/negotiation`). */
import { PROTOBUF_TYPE } from '../../../wire/protobuf.ts';
import { notAcceptable, notAcceptableShape } from '../errors.ts';

type Shape = 'object' | 'table' | 'metadata';

export interface Accepted {
  /** Of protobuf the edge makes what is answered here as JSON (`wire/protobuf.ts`). */
  format: 'json' | 'yaml' | 'protobuf';
  as: Shape;
  /** The version of meta.k8s.io, for tables and metadata. */
  version: MetaVersion;
  /** The metadata asked for is that of a list. */
  ofList?: boolean;
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
  /** A custom resource has no protobuf message. */
  isCustom?: boolean;
  /** A list can be watched, too, and says so. */
  ofCollection?: boolean;
  isWatch?: boolean;
  /** Beneath `/apis`, the aggregator has one error for what it cannot make. */
  isGrouped?: boolean;
}

/** The check of upstream's that refuses: the server makes none of the formats, or none in the shape, or no stream. */
type Refusal = 'format' | 'shape' | 'stream';

const MEDIA_TYPES = ['application/json', 'application/yaml', PROTOBUF_TYPE];
const STREAM_TYPES = ['application/json;stream=watch', `${PROTOBUF_TYPE};stream=watch`];
export const JSON_OBJECT: Accepted = { format: 'json', as: 'object', version: 'v1' };
const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['Table', 'table'],
  ['PartialObjectMetadata', 'metadata'],
  ['PartialObjectMetadataList', 'metadata'],
]);

/** Outcomes by header and options: clients send a handful of headers over and over. */
const seen = new Map<string, Accepted | Refusal>();
const MAX_SEEN = 200;
/**
 * Characters of a header whose outcome is kept: no known client sends longer ones, and hundreds of them would fill the
 * memory.
 */
const MAX_KEPT_LENGTH = 1000;

/** Throws 406 when the server makes nothing that the header accepts. */
export function accept(header: string | undefined, options: AcceptOptions = {}): Accepted {
  if (header === undefined || header === '' || header === 'application/json') return JSON_OBJECT;
  const { withTables, withBeta, asIs, isCustom, ofCollection, isWatch } = options;
  const id = `${withTables} ${withBeta} ${asIs} ${isCustom} ${ofCollection} ${isWatch} ${options.isGrouped} ${header}`;
  let accepted = seen.get(id);
  if (accepted === undefined) {
    accepted = choose(header, options);
    if (seen.size >= MAX_SEEN) seen.clear();
    if (header.length <= MAX_KEPT_LENGTH) seen.set(id, accepted);
  }
  if (accepted === 'stream') throw notAcceptableShape(STREAM_TYPES);
  if (accepted === 'shape' || (accepted === 'format' && (isCustom || options.isGrouped)))
    throw notAcceptableShape(MEDIA_TYPES);
  if (accepted === 'format') throw notAcceptable(ofCollection ? [...MEDIA_TYPES, ...STREAM_TYPES] : MEDIA_TYPES);
  return accepted;
}

function choose(
  header: string,
  { withTables = true, withBeta, asIs, isCustom, isWatch, isGrouped }: AcceptOptions,
): Accepted | Refusal {
  const clauses = header
    .split(',')
    .map(parseClause)
    // Stable: of the same weight, the first wins.
    .sort((a, b) => b.weight - a.weight);
  /** YAML is no format of a stream. */
  const streamed = (accepted: Accepted): Accepted | Refusal =>
    isWatch && accepted.format === 'yaml' ? 'stream' : accepted;
  let refusal: Refusal = 'format';
  for (const { type, parameters } of clauses) {
    // The aggregator, which answers beneath /apis, takes any subtype, and so does the handler of custom resources.
    const format = (isGrouped || isCustom) && type === 'application/*' ? 'json' : formatOf(type);
    if (format === undefined) continue;
    refusal = 'shape';
    const wanted = parameters.get('as');
    if (format === 'protobuf' && isCustom && wanted === undefined) continue;
    if (wanted === undefined) {
      // A group or a version with no kind is a shape that is not made.
      if (parameters.has('g') || parameters.has('v')) continue;
      return streamed({ format, as: 'object', version: 'v1' });
    }
    const as = SHAPES.get(wanted);
    // A table has no message.
    if (asIs || (as === 'table' && (!withTables || format === 'protobuf'))) continue;
    const version = parameters.get('v');
    if (!as || parameters.get('g') !== 'meta.k8s.io') continue;
    if (version === 'v1' || (version === 'v1beta1' && withBeta)) {
      return streamed({ format, as, version, ofList: wanted.endsWith('List') });
    }
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
  return { type, parameters, weight: Number.isNaN(weight) ? 1 : weight };
}

function formatOf(type: string): Accepted['format'] | undefined {
  if (type === 'application/json' || type === '*/*') return 'json';
  if (type === PROTOBUF_TYPE) return 'protobuf';
  return type === 'application/yaml' ? 'yaml' : undefined;
}
