/** `namespaces/{name}/finalize`: the namespace controller says that it is done (FinalizeREST). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Namespace } from '../../../kube/types.ts';
import { type Call, causeOf, managerOf, type ObjectAnswer } from '../server.ts';
import { applyUpdate, readStored } from '../write/apply-update.ts';
import { commitWrite } from '../write/commit.ts';
import { decodeObject } from '../write/decode.ts';
import { matchName } from '../write/names-match.ts';
import { parseWriteOptions } from '../write/options.ts';
import type { Subresource } from './subresource.ts';

export const finalize: Subresource = { update: write };

async function write(call: Call): Promise<ObjectAnswer> {
  const { server, info, kind } = call;
  const options = parseWriteOptions(call.query, 'UpdateOptions');
  const wanted = decodeObject(call, kind, options.fieldValidation);
  matchName(call, wanted);
  const { text } = await commitWrite(
    server.store,
    {
      key: keyOf('namespaces', '', info.name),
      expect: 'present',
      apply(current, context) {
        if (!current) return 'unchanged';
        const old = readStored(call, current.text);
        const object = readStored(call, current.text);
        const next = object as unknown as Namespace;
        next.spec = { ...next.spec, finalizers: (wanted as unknown as Namespace).spec?.finalizers };
        if (!next.spec.finalizers?.length) delete next.spec.finalizers;
        object.metadata.resourceVersion = wanted.metadata.resourceVersion;
        const request = { call, manager: managerOf(call), subresource: 'finalize' };
        return applyUpdate(request, object as KubeObject, current, old, context);
      },
    },
    causeOf(call, options.fieldManager),
    options.dryRun,
  );
  return { type: 'object', code: 200, text };
}
