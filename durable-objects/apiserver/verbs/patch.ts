/** PATCH: JSON patch, merge patch, strategic merge patch, apply (apiserver `pkg/endpoints/handlers/patch.go`). */
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { Json, KubeObject } from '../../../kube/machinery/object.ts';
import { applyPatch, goText, PATCH_TYPES, PatchError, type PatchType } from '../../../kube/machinery/patch/index.ts';
import { parseJson } from '../../../kube/machinery/schema/decode-object.ts';
import { operationErrors, repeatedKeys } from '../../../kube/machinery/schema/duplicate-keys.ts';
import { goValueName } from '../../../kube/machinery/schema/go-names.ts';
import { hugeNumber } from '../../../kube/machinery/schema/json-size.ts';
import type { Stored } from '../../store/store.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { ApiError, badRequest, notFound, unsupportedMediaType } from '../errors.ts';
import { checkPatched, type Decodable } from '../write/decode.ts';
import { mediaType, unknownFormat, withinLimits } from '../write/media-type.ts';
import { matchName } from '../write/metadata.ts';
import { type FieldValidation, parseWriteOptions } from '../write/options.ts';
import { commitUpdate } from '../write/update.ts';
import { apply } from './apply.ts';

export async function patch(call: Call): Promise<ObjectAnswer> {
  const { kind, query } = call;
  const type = patchType(call);
  if (type === 'apply') return apply(call);
  const options = parseWriteOptions(query, 'PatchOptions');
  const body = patchBody(call, type);
  const { text } = await commitUpdate(
    call,
    options,
    (old, current) => {
      if (!current) throw notFound(kind.resource, call.info.name);
      return patched(call, kind, { type, body, directive: options.fieldValidation }, printable(call, old, current));
    },
    true,
  );
  return { type: 'object', code: 200, text };
}

export interface Patch {
  type: PatchType;
  body(): Json;
  directive: FieldValidation;
}

/**
 * The patch of the request: applying may take it apart, so it is read anew for each proposal, and not at all where there
 * is no object, which upstream says first. Throws 400.
 */
export function patchBody({ request }: Call, type: PatchType): () => Json {
  return () => parsePatch(type, request.body ?? '');
}

/** A converted object may hold what is not printed, and what a patch would find. */
function printable({ conversion }: Call, old: KubeObject | undefined, { text }: Stored): Json {
  const isAsStored = !conversion || conversion.isCurrent?.(text);
  return (isAsStored ? old : parseExact(JSON.stringify(old))) as Json;
}

/** The outcome of a patch of `before`, which stays as it is, decoded and defaulted. Throws 400, 413 and 422. */
export function patched(call: Call, kind: Decodable, { type, body, directive }: Patch, before: Json): KubeObject {
  const value = body();
  // The cluster's own parts read no warnings.
  const found = directive === 'Ignore' || call.request.cause ? [] : strictErrors(type, call.request.body ?? '', value);
  const object = run(type, kind, before, value);
  // Upstream decodes the outcome of a strategic merge into the kind of the request, whatever kind it names.
  if (type === 'strategic') nameKind(kind, object);
  // The invalid value that upstream shows: the patch where it merged maps, and the outcome where it merged texts.
  const shownValue = () => (type === 'strategic' ? goText(body()) : JSON.stringify(run(type, kind, before, body())));
  const checked = checkPatched(call, kind, object, directive, {
    shown: shownValue,
    converted: type === 'strategic',
    before: found,
  });
  matchName(call, checked);
  return checked;
}

/** Errors that strict decoding finds in the patch itself. */
function strictErrors(type: PatchType, text: string, value: Json): string[] {
  return type === 'json' ? operationErrors(text, value as unknown[]) : repeatedKeys(text, value);
}

function nameKind(kind: Decodable, object: KubeObject): void {
  if (typeof object.kind === 'string') object.kind = kind.kind;
  if (typeof object.apiVersion === 'string') object.apiVersion = kind.apiVersion;
}

export function patchType({ request, kind }: Call): PatchType | 'apply' {
  const media = mediaType(request);
  const type = Object.hasOwn(PATCH_TYPES, media) ? PATCH_TYPES[media] : undefined;
  if (type === undefined || (type === 'strategic' && !kind.strategicMergePatch)) {
    // Upstream's router refuses what no built-in kind takes, and the handler of custom resources says what it takes.
    if (kind.strategicMergePatch) throw unsupportedMediaType('415: Unsupported Media Type', {});
    const taken = Object.entries(PATCH_TYPES).filter(([, each]) => each !== 'strategic');
    throw unknownFormat(taken.map(([name]) => name));
  }
  return type;
}

/** Throws 400 in the words of Go's decoder. */
function parsePatch(type: PatchType, text: string): Json {
  const tell = (why: string): string => (type === 'strategic' ? why : `error decoding patch: ${why}`);
  const refuse = (why: string): Error => badRequest(tell(why));
  const parsed = parseJson(withinLimits(text, tell));
  if ('error' in parsed) throw refuse(parsed.error);
  const { value } = parsed;
  const huge = hugeNumber(text);
  if (huge !== undefined)
    throw refuse(type === 'json' ? huge.replace('value', 'struct field jsonPatchOp.value') : huge);
  // To Go's decoder null is an empty list or object, and a merge patch alone cannot be one.
  if (value === null) {
    if (type === 'merge') throw badRequest('Invalid JSON Patch');
    return type === 'json' ? [] : {};
  }
  if (type === 'json') {
    if (!Array.isArray(value))
      throw refuse(`json: cannot unmarshal ${goValueName(value, false)} into Go value of type []${OP}`);
    for (const operation of value) checkOperation(operation, refuse);
  } else if (typeof value !== 'object' || Array.isArray(value)) {
    throw refuse(`json: cannot unmarshal ${goValueName(value, false)} into Go value of type map[string]interface {}`);
  }
  return value as Json;
}

const OP = 'handlers.jsonPatchOp';

function checkOperation(operation: unknown, refuse: (why: string) => Error): void {
  if (operation === null) return;
  if (typeof operation !== 'object' || Array.isArray(operation)) {
    throw refuse(`json: cannot unmarshal ${goValueName(operation, false)} into Go value of type ${OP}`);
  }
  for (const name of ['op', 'path', 'from']) {
    const value = (operation as Record<string, unknown>)[name] ?? '';
    if (typeof value === 'string') continue;
    throw refuse(
      `json: cannot unmarshal ${goValueName(value, false)} into Go struct field jsonPatchOp.${name} of type string`,
    );
  }
}

function run(type: PatchType, { schema }: Decodable, before: Json, body: Json): KubeObject {
  try {
    return applyPatch(type, schema, before, body);
  } catch (error) {
    throw error instanceof PatchError ? patchProblem(error) : error;
  }
}

function patchProblem(error: PatchError): ApiError {
  switch (error.code) {
    case 'bad-request':
      return badRequest(error.message);
    case 'too-large':
      return new ApiError('RequestEntityTooLarge', `Request entity too large: ${error.message}`);
    case 'unprocessable':
      // The reason is not told: upstream makes it of an answer that it takes for an expected one.
      return new ApiError('Invalid', 'the server rejected our request due to an error in our request', { details: {} });
  }
}
