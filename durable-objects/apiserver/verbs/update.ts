/** PUT: replace an object, or its status (apiserver `pkg/endpoints/handlers/update.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { decodeObject } from '../write/decode.ts';
import { matchName } from '../write/metadata.ts';
import { parseWriteOptions } from '../write/options.ts';
import { dedupOwnerReferences } from '../write/owner-references.ts';
import { commitUpdate } from '../write/update.ts';

export async function update(call: Call): Promise<ObjectAnswer> {
  const options = parseWriteOptions(call.query, 'UpdateOptions');
  const decoded = decodeObject(call, call.kind, options.fieldValidation);
  matchName(call, decoded);
  dedupOwnerReferences(decoded, call.warnings, false);
  /** A proposal changes its object; another needs the body once more. */
  let fresh: KubeObject | undefined = decoded;
  const { text, created } = await commitUpdate(call, options, () => {
    const object = fresh ?? decodeObject({ ...call, warnings: [] }, call.kind, options.fieldValidation);
    if (!fresh) matchName(call, object);
    fresh = undefined;
    return object;
  });
  return { type: 'object', code: created ? 201 : 200, text };
}
