/** PUT: replace an object, or its status (apiserver `pkg/endpoints/handlers/update.go`). */
import type { Call, ObjectAnswer } from '../server.ts';
import { commitUpdate } from '../write/commit-update.ts';
import { decodeObject } from '../write/decode.ts';
import { matchName } from '../write/names-match.ts';
import { parseWriteOptions } from '../write/options.ts';

export async function update(call: Call): Promise<ObjectAnswer> {
  const options = parseWriteOptions(call.query, 'UpdateOptions');
  const decoded = decodeObject(call, call.kind, options.fieldValidation);
  matchName(call, decoded);
  // A second run in the transaction needs the body once more: applying changes it.
  let fresh: typeof decoded | undefined = decoded;
  const text = await commitUpdate(call, options, () => {
    const object = fresh ?? decodeObject({ ...call, warnings: [] }, call.kind, options.fieldValidation);
    fresh = undefined;
    return object;
  });
  return { type: 'object', code: 200, text };
}
