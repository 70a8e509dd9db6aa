/** From a body to an object of the kind that was asked for: decoded, checked against the schema, defaulted. */

import { decodeCustom, decodeCustomText, type Shape } from '../../../kube/kinds/custom/codec.ts';
import type { CustomParts } from '../../../kube/kinds/custom/custom-kind.ts';
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { addAll } from '../../../kube/machinery/add-all.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { isObject } from '../../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import {
  type Before,
  type Decoded,
  decodeParsed,
  decodeObject as decodeText,
  type Expected,
  unrecognizedText,
} from '../../../kube/machinery/schema/decode-object.ts';
import { applySchemaDefaults } from '../../../kube/machinery/schema/defaults.ts';
import { normalizeTime } from '../../../kube/machinery/schema/scalars.ts';
import type { StructSchema } from '../../../kube/machinery/schema/schema.ts';
import { PROTOBUF_TYPE, type ProtobufProblem } from '../../../wire/protobuf.ts';
import type { Call } from '../call.ts';
import { badRequest, invalid, quote } from '../errors.ts';
import { type Body, mediaType, protobufProblem, readBody } from './media-type.ts';
import { matchNamespace } from './metadata.ts';
import type { FieldValidation } from './options.ts';
import { dedupOwnerReferences } from './owner-references.ts';

/** A kind, as far as decoding goes: of the request, or of a subresource that has another. */
export type Decodable = Pick<KindDescriptor, 'group' | 'version' | 'kind' | 'apiVersion' | 'schema' | 'strategy'> &
  Partial<Pick<KindDescriptor, 'custom'>> &
  Pick<Expected, 'accepts'>;

/** The body of a create or update; `metadata` is there. Throws 400 in upstream's words. */
export function decodeObject(call: Call, kind: Decodable, directive: FieldValidation): KubeObject {
  const { text, problems } = objectBody(call, kind);
  // The cluster's own parts read no warnings, and are not made to pay for them.
  const asked = call.request.cause ? 'Ignore' : directive;
  // A strict error tells those of YAML as one, and warnings tell them apart.
  const isOne = asked === 'Strict' && problems.length > 0;
  const before = isOne ? [`yaml: unmarshal errors:\n  ${problems.join('\n  ')}`] : problems;
  const decoded = kind.custom
    ? decodeCustomText(text, kind, shapeOf(kind.custom), asked, before)
    : readable(kind, decodeText(text, expectedOf(kind), asked, before));
  if ('error' in decoded) throw badRequest(decoded.error);
  if (directive === 'Warn') addAll(call.warnings, decoded.warnings);
  return defaulted(kind, decoded.object);
}

/** The body of an object of the kind. Throws 400 in upstream's words where it is none, and as {@link readBody}. */
export function objectBody({ request }: Call, kind: Pick<Decodable, 'kind'>): Body {
  if (mediaType(request) === PROTOBUF_TYPE) throw badRequest(problemText(protobufProblem(request), kind));
  const tell = (why: string): string => unrecognizedText(request.body ?? '', kind, why);
  return readBody(request, { json: (why) => tell(`couldn't get version/kind; json parse error: ${why}`), yaml: tell });
}

/** The edge has read the body, and found no message in it. */
function problemText({ error, named, bytes }: ProtobufProblem, { kind }: Pick<Decodable, 'kind'>): string {
  if (named) return `${named.kind} in version ${quote(named.version)} cannot be handled as a ${kind}: ${error}`;
  return `the object provided is unrecognized (must be of type ${kind}): ${error} (${bytes})`;
}

/**
 * The object that a patch made. Throws 422 for fields that the kind does not have, as upstream, and for what strict
 * decoding found in the patch (`before`); the error shows `shown`. A strategic merge makes it of objects in memory
 * (`converted`), the others of texts.
 */
export function checkPatched(
  call: Call,
  kind: Decodable,
  object: KubeObject,
  directive: FieldValidation,
  { shown, converted, before }: { shown: () => string; converted: boolean; before: Before },
): KubeObject {
  const decoded = decodeMade(kind, object, directive, converted, before);
  if ('error' in decoded) {
    const why = decoded.error.replace(HANDLED_AS, '');
    throw invalid('', '', [fieldError.invalid('patch', shown(), why)]);
  }
  if (directive === 'Warn' && decoded.warnings.length > 0) addAll(call.warnings, decoded.warnings);
  return defaulted(kind, decoded.object);
}

type Typed = { object: KubeObject } | { error: string; invalid?: FieldError };

/** The object that an apply made, typed and defaulted; or why it is none, in the words of upstream's converter. */
export function typeApplied(kind: Decodable, object: KubeObject): Typed {
  if (kind.custom) dropUnreadableTimes(object.metadata);
  const decoded = decodeMade(kind, object, 'Ignore', true);
  if ('error' in decoded) return { ...decoded, error: decoded.error.replace(HANDLED_AS, '') };
  return { object: defaulted(kind, decoded.object) };
}

/** Upstream's accessors of unstructured metadata (`unstructured.GetCreationTimestamp`) take a time that cannot be read for none. */
function dropUnreadableTimes(metadata: unknown): void {
  if (!isObject(metadata)) return;
  for (const name of ['creationTimestamp', 'deletionTimestamp']) {
    const time = metadata[name];
    if (typeof time !== 'string' || 'error' in normalizeTime(time)) delete metadata[name];
  }
}

/** The object that a plugin's patch made, typed and defaulted; or why it is none, in the decoder's words. */
export function typePatched(
  kind: Decodable,
  object: KubeObject,
  directive: FieldValidation,
): { object: KubeObject } | { error: string } {
  const decoded = decodeMade(kind, object, directive, false);
  if ('error' in decoded) return { error: decoded.error.replace(HANDLED_AS, '') };
  return { object: defaulted(kind, decoded.object) };
}

const HANDLED_AS = /^\S+ in version "[^"]*" cannot be handled as a \S+: /;

/** An object that was made here of others. */
function decodeMade(
  kind: Decodable,
  object: KubeObject,
  directive: FieldValidation,
  converted: boolean,
  before: Before = [],
): Decoded {
  return kind.custom
    ? decodeCustom(object, kind, shapeOf(kind.custom), directive, { keepsNulls: converted, before })
    : readable(kind, decodeParsed(object, '', expectedOf(kind), directive, { before, converted }));
}

function readable({ kind, version, strategy }: Decodable, decoded: Decoded): Decoded {
  const why = 'error' in decoded ? undefined : strategy.unreadable?.(decoded.object);
  if (why === undefined) return decoded;
  return { error: `${kind} in version ${quote(version)} cannot be handled as a ${kind}: ${why}` };
}

function expectedOf({ group, version, kind, schema, accepts }: Decodable): Expected {
  return { group, version, kind, schema: schema as StructSchema, accepts };
}

function shapeOf(custom: CustomParts): Shape {
  return { schema: custom.openAPISchema, preservesAll: custom.preservesAll };
}

function defaulted(kind: Decodable, object: KubeObject): KubeObject {
  object.metadata ??= {};
  // A custom resource of another kind is judged by its rules.
  if (kind.custom) return object;
  object.apiVersion = kind.apiVersion;
  object.kind = kind.kind;
  applySchemaDefaults(kind.schema, object);
  kind.strategy.applyDefaults?.(object);
  return object;
}

/** The fields of metadata that a create wipes (`WipeObjectMetaSystemFields`). */
const SYSTEM_FIELDS = [
  'creationTimestamp',
  'uid',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
] as const;

/**
 * The body of a create whose object is answered and not stored, as a review or an Eviction (apiserver
 * `pkg/endpoints/handlers/create.go`). Throws 400 for a body that is no such object or names another namespace.
 */
export function decodeUnstored(call: Call, kind: Decodable, directive: FieldValidation): KubeObject {
  const object = decodeObject(call, kind, directive);
  const metadata = object.metadata as Record<string, unknown>;
  for (const field of SYSTEM_FIELDS) delete metadata[field];
  matchNamespace(call, object);
  dedupOwnerReferences(object, call.warnings, false);
  return object;
}
