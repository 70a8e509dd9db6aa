/** PUT: replace an object, or its status (apiserver `pkg/endpoints/handlers/update.go`). */
import { keyOf } from '../../../kube/machinery/resource.ts';
import { checkSupport } from '../registry/support.ts';
import { type Call, causeOf, managerOf, type ObjectAnswer } from '../server.ts';
import { applyUpdate, readStored } from '../write/apply-update.ts';
import { commitWrite } from '../write/commit.ts';
import { decodeObject } from '../write/decode.ts';
import { matchName } from '../write/names-match.ts';
import { parseWriteOptions } from '../write/options.ts';

export async function update(call: Call): Promise<ObjectAnswer> {
  const { server, storage, info, kind } = call;
  const options = parseWriteOptions(call.query, 'UpdateOptions');
  checkSupport(call);
  const decoded = decodeObject(call, kind, options.fieldValidation);
  matchName(call, decoded);
  // A second run in the transaction needs the body once more: applying changes it.
  let fresh: typeof decoded | undefined = decoded;
  const subresource = info.subresource;
  const key = keyOf(storage, info.namespace && kind.scope === 'Namespaced' ? info.namespace : '', info.name);
  const claims = storage === 'services' && subresource === '' ? server.services.claim(key) : undefined;
  const request = { call, manager: managerOf(call), subresource, claims };
  try {
    const { text } = await commitWrite(
      server.store,
      {
        key,
        expect: 'present',
        apply(current, context) {
          if (!current) return 'unchanged';
          const object = fresh ?? decodeObject({ ...call, warnings: [] }, kind, options.fieldValidation);
          fresh = undefined;
          return applyUpdate(request, object, current, readStored(call, current.text), context);
        },
      },
      causeOf(call, options.fieldManager),
      options.dryRun,
    );
    return { type: 'object', code: 200, text };
  } finally {
    claims?.end();
  }
}
