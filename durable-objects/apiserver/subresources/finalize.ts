/** `namespaces/{name}/finalize`: an update that may change a namespace's own finalizers, too (FinalizeREST). */
import type { Namespace } from '../../../kube/types.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { decodeObject } from '../write/decode.ts';
import { matchName } from '../write/metadata.ts';
import { parseWriteOptions } from '../write/options.ts';
import { commitUpdate } from '../write/update.ts';
import type { Subresource } from './subresource.ts';

export const finalize: Subresource = { update: write };

async function write(call: Call): Promise<ObjectAnswer> {
  const options = parseWriteOptions(call.query, 'UpdateOptions');
  const sent = decodeObject(call, call.kind, options.fieldValidation);
  matchName(call, sent);
  const { text } = await commitUpdate(call, options, (old) => {
    const next = structuredClone(sent);
    if (old?.status === undefined) delete next.status;
    else next.status = old.status;
    const { spec } = next as unknown as Namespace;
    if (!spec?.finalizers?.length) delete spec?.finalizers;
    return next;
  });
  return { type: 'object', code: 200, text };
}
