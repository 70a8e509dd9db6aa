/** PATCH: JSON patch, merge patch, strategic merge patch (apiserver `pkg/endpoints/handlers/patch.go`). */
import type { Json, KubeObject } from '../../../kube/machinery/object.ts';
import { applyPatch, goText, PATCH_TYPES, PatchError, type PatchType } from '../../../kube/machinery/patch/index.ts';
import { parseJson } from '../../../kube/machinery/schema/decode-object.ts';
import { ApiError, badRequest, notFound, unsupportedMediaType } from '../errors.ts';
import type { Call, ObjectAnswer } from '../server.ts';
import { checkPatched } from '../write/decode.ts';
import { mediaType, unknownFormat, withinLimits } from '../write/media-type.ts';
import { matchName } from '../write/metadata.ts';
import { parseWriteOptions } from '../write/options.ts';
import { commitUpdate } from '../write/update.ts';

export async function patch(call: Call): Promise<ObjectAnswer> {
  const { kind, query } = call;
  const type = patchType(call);
  const options = parseWriteOptions(query, 'PatchOptions');
  let parsed: Json | undefined = parsePatch(type, call.request.body ?? '');
  // Applying may take the patch apart, and a proposal may be made again.
  const body = (): Json => {
    const taken = parsed ?? parsePatch(type, call.request.body ?? '');
    parsed = undefined;
    return taken;
  };
  const { text } = await commitUpdate(
    call,
    options,
    (old, current) => {
      if (!current) throw notFound(kind.resource, call.info.name);
      const before = call.conversion ? JSON.stringify(old) : current.text;
      const patched = run(type, call, before, body());
      // Upstream decodes the outcome of a strategic merge into the kind of the request, whatever kind it names.
      if (type === 'strategic') nameKind(call, patched);
      const blame = (): string => blamed(type, call, before, body());
      const object = checkPatched(call, kind, patched, options.fieldValidation, blame);
      matchName(call, object, true);
      return object;
    },
    true,
  );
  return { type: 'object', code: 200, text };
}

function nameKind({ kind }: Call, object: KubeObject): void {
  if (typeof object.kind === 'string') object.kind = kind.kind;
  if (typeof object.apiVersion === 'string') object.apiVersion = kind.apiVersion;
}

export function patchType({ request, kind }: Call): PatchType {
  const media = mediaType(request);
  const type = Object.hasOwn(PATCH_TYPES, media) ? PATCH_TYPES[media] : undefined;
  if (type === undefined || (type === 'strategic' && !kind.strategicMergePatch)) {
    const taken = Object.entries(PATCH_TYPES).filter(([, each]) => each !== 'strategic' || kind.strategicMergePatch);
    throw unknownFormat(taken.map(([name]) => name));
  }
  if (type === 'apply') {
    throw unsupportedMediaType(
      'server-side apply (application/apply-patch+yaml) is not supported yet: use client-side apply (kubectl apply without --server-side)',
    );
  }
  return type;
}

/** Throws 400 in the words of Go's decoder. */
export function parsePatch(type: PatchType, text: string): Json {
  const parsed = parseJson(withinLimits(text));
  const refuse = (why: string): Error => badRequest(type === 'strategic' ? why : `error decoding patch: ${why}`);
  if ('error' in parsed) throw refuse(parsed.error);
  const { value } = parsed;
  const isList = Array.isArray(value);
  const what = value === null ? 'null' : isList ? 'array' : typeof value;
  if (type === 'json' && !isList)
    throw refuse(`json: cannot unmarshal ${what} into Go value of type []handlers.jsonPatchOp`);
  if (type !== 'json' && what !== 'object') {
    throw refuse(`json: cannot unmarshal ${what} into Go value of type map[string]interface {}`);
  }
  return value as Json;
}

function run(type: PatchType, { kind }: Call, before: string, body: Json): KubeObject {
  try {
    return applyPatch(type, kind.schema, before, body);
  } catch (error) {
    throw error instanceof PatchError ? patchProblem(error) : error;
  }
}

/** The invalid value that upstream shows: the patch where it merged maps, and the outcome where it merged texts. */
function blamed(type: PatchType, call: Call, before: string, body: Json): string {
  return type === 'strategic' ? goText(body) : JSON.stringify(run(type, call, before, body));
}

export function patchProblem(error: PatchError): ApiError {
  switch (error.code) {
    case 'bad-request':
      return badRequest(error.message);
    case 'too-large':
      return new ApiError('RequestEntityTooLarge', error.message);
    case 'unprocessable':
      return new ApiError('Invalid', 'the server rejected our request due to an error in our request', {
        details: { causes: [{ message: error.message, field: 'patch' }] },
      });
  }
}
