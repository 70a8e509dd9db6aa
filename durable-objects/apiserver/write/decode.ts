/** From a body to an object of the kind that was asked for: decoded, checked against the schema, defaulted. */
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import { fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { decodeParsed, decodeObject as decodeText } from '../../../kube/machinery/schema/decode-object.ts';
import { applySchemaDefaults } from '../../../kube/machinery/schema/defaults.ts';
import type { StructSchema } from '../../../kube/machinery/schema/schema.ts';
import type { Call } from '../call.ts';
import { badRequest, invalid, quote } from '../errors.ts';
import { readBody } from './media-type.ts';
import type { FieldValidation } from './options.ts';

/** A kind, as far as decoding goes: of the request, or of a subresource that has another. */
export type Decodable = Pick<KindDescriptor, 'group' | 'version' | 'kind' | 'apiVersion' | 'schema' | 'strategy'>;

/** The body of a create or update; `metadata` is there. Throws 400 in upstream's words. */
export function decodeObject(call: Call, kind: Decodable, directive: FieldValidation): KubeObject {
  const { text, problems } = readBody(call.request);
  const { group, version, schema } = kind;
  const expected = { group, version, kind: kind.kind, schema: schema as StructSchema };
  // The cluster's own parts read no warnings, and are not made to pay for them.
  const decoded = decodeText(text, expected, call.request.cause ? 'Ignore' : directive);
  if ('error' in decoded) throw badRequest(decoded.error);
  if (directive === 'Strict' && problems.length > 0) {
    const found = `strict decoding error: yaml: unmarshal errors:\n  ${problems.join('\n  ')}`;
    throw badRequest(`${kind.kind} in version ${quote(version)} cannot be handled as a ${kind.kind}: ${found}`);
  }
  if (directive === 'Warn') call.warnings.push(...problems, ...decoded.warnings);
  return defaulted(kind, decoded.object);
}

/**
 * The object that a patch made. Throws 422 for fields that the kind does not have, as upstream; the error shows
 * `shown`. A strategic merge makes it of objects in memory (`converted`), the others of texts.
 */
export function checkPatched(
  call: Call,
  kind: Decodable,
  object: KubeObject,
  directive: FieldValidation,
  { shown, converted }: { shown: () => string; converted: boolean },
): KubeObject {
  const { group, version, schema } = kind;
  const expected = { group, version, kind: kind.kind, schema: schema as StructSchema };
  const decoded = decodeParsed(object, '', expected, directive, converted);
  if ('error' in decoded) {
    const why = decoded.error.replace(HANDLED_AS, '');
    throw invalid('', '', [fieldError.invalid('patch', shown(), why)]);
  }
  if (directive === 'Warn' && decoded.warnings.length > 0) call.warnings.push(...decoded.warnings);
  return defaulted(kind, decoded.object);
}

/** The object that an apply made, typed and defaulted; or why it is none, in the words of upstream's converter. */
export function typeApplied(kind: Decodable, object: KubeObject): { object: KubeObject } | { error: string } {
  const { group, version, schema } = kind;
  const expected = { group, version, kind: kind.kind, schema: schema as StructSchema };
  const decoded = decodeParsed(object, '', expected, 'Ignore', true);
  if ('error' in decoded) return { error: decoded.error.replace(HANDLED_AS, '') };
  return { object: defaulted(kind, decoded.object) };
}

const HANDLED_AS = /^\S+ in version "[^"]*" cannot be handled as a \S+: /;

function defaulted(kind: Decodable, object: KubeObject): KubeObject {
  object.apiVersion = kind.apiVersion;
  object.kind = kind.kind;
  object.metadata ??= {};
  applySchemaDefaults(kind.schema, object);
  kind.strategy.applyDefaults?.(object);
  return object;
}
