/** JSON Patch (RFC 6902), with upstream's negative array indices (evanphx/json-patch, `SupportNegativeIndices`). */
// The default export: in Node this package is CommonJS, and has no names.
import jsonpatch, { type Operation } from 'fast-json-patch';
import type { Json } from '../object.ts';
import { PatchError } from './errors.ts';
import { isMap } from './merge.ts';

/** Upstream's `maxJSONPatchOperations`. */
const MAX_OPERATIONS = 10_000;

/** Changes `document` in place and returns the result. Throws {@link PatchError}. */
export function jsonPatch(document: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw new PatchError('bad-request', 'a JSON patch must be a list of operations');
  if (operations.length > MAX_OPERATIONS) {
    throw new PatchError(
      'too-large',
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`,
    );
  }
  let result = document;
  for (const operation of operations) {
    if (!isMap(operation)) throw new PatchError('bad-request', 'a JSON patch operation must be an object');
    result = applyOne(result, operation);
  }
  return result;
}

function applyOne(document: Json, operation: { [key: string]: Json }): Json {
  const resolved = { ...operation };
  for (const field of ['path', 'from']) {
    const path = resolved[field];
    if (typeof path === 'string') resolved[field] = resolveNegative(document, path);
  }
  try {
    return jsonpatch.applyPatch(document, [resolved as unknown as Operation], true, true).newDocument;
  } catch (error) {
    if (!(error instanceof jsonpatch.JsonPatchError)) throw error;
    const { op, path } = operation;
    if (error.name === 'TEST_OPERATION_FAILED') {
      throw new PatchError('unprocessable', `testing value ${String(path)} failed: test failed`);
    }
    throw new PatchError(
      'unprocessable',
      `${String(op)} operation does not apply: doc is missing path: ${String(path)}: missing value`,
    );
  }
}

/** `/a/-1` is the last element of `/a`. */
function resolveNegative(document: Json, path: string): string {
  if (!/\/-\d/.test(path)) return path;
  let at: Json | undefined = document;
  const steps = path.split('/').slice(1);
  const resolved = steps.map((step) => {
    let key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at) && /^-\d+$/.test(key)) key = String(at.length + Number(key));
    at = Array.isArray(at) ? at[Number(key)] : isMap(at) ? at[key] : undefined;
    return key.replaceAll('~', '~0').replaceAll('/', '~1');
  });
  return `/${resolved.join('/')}`;
}
