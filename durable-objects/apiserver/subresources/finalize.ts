/** `namespaces/{name}/finalize`: the namespace controller takes its finalizer away (FinalizeREST). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
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
    const next = structuredClone(old) as unknown as Namespace;
    next.spec = { ...next.spec, finalizers: (sent as unknown as Namespace).spec?.finalizers };
    if (!next.spec.finalizers?.length) delete next.spec.finalizers;
    next.metadata.resourceVersion = sent.metadata.resourceVersion;
    return next as unknown as KubeObject;
  });
  return { type: 'object', code: 200, text };
}
