/** The frame of every update of one object: PUT, PATCH, and the subresources that change it. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Stored } from '../../store/store.ts';
import { type Call, causeOf, managerOf, targetKey } from '../server.ts';
import { applyUpdate, readStored } from './apply-update.ts';
import { commitWrite } from './commit.ts';
import type { WriteOptions } from './options.ts';

/**
 * What the object shall be, given what it is: `old`, in the version of the request, stays as it is; the answer is the
 * caller's to give. It is asked inside the store's transaction, which may run again.
 */
export type Wanted = (old: KubeObject, current: Stored) => KubeObject;

/** The object's text as it is now. `isPatch`: what is wanted was made from what is (`UpdateRequest`). */
export async function commitUpdate(
  call: Call,
  options: WriteOptions,
  wanted: Wanted,
  isPatch = false,
): Promise<string> {
  const { server, storage, info } = call;
  const { subresource } = info;
  const key = targetKey(call);
  const claims = storage === 'services' && subresource === '' ? server.services.claim(key) : undefined;
  const request = { call, manager: managerOf(call), subresource, claims, isPatch };
  try {
    const { text } = await commitWrite(
      server.store,
      {
        key,
        expect: 'present',
        apply(current, context) {
          if (!current) return 'unchanged';
          const old = readStored(call, current.text);
          return applyUpdate(request, wanted(old, current), current, old, context);
        },
      },
      causeOf(call, options.fieldManager),
      options.dryRun,
    );
    return text;
  } finally {
    claims?.end();
  }
}
