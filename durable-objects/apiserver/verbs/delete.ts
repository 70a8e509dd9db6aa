/** DELETE of one object (apiserver `pkg/endpoints/handlers/delete.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { mutate, validate } from '../admission/index.ts';
import { type Call, causeOf, namespaceOf, type ObjectAnswer } from '../server.ts';
import { commitWrite, type WriteResult } from '../write/commit.ts';
import { decideDelete } from '../write/decide-delete.ts';
import { type DeleteOptions, parseDeleteOptions } from '../write/delete-options.ts';
import { jsonBody } from '../write/media-type.ts';
import { printObject } from '../write/print.ts';

export async function remove(call: Call): Promise<ObjectAnswer> {
  const body = call.request.body ? jsonBody(call.request) : undefined;
  const options = parseDeleteOptions(body, call.query);
  const { info, kind } = call;
  warnOfOrphans(call, options);
  const { text, deleted } = await removeObject(call, namespaceOf(call), info.name, options);
  // Upstream answers 202 to this older form of the option alone.
  const code = !deleted && options.orphanDependents === false ? 202 : 200;
  if (!deleted || kind.returnDeletedObject) return { type: 'object', code, text };
  const { metadata } = JSON.parse(text) as KubeObject;
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: metadata.name,
      group: kind.group || undefined,
      kind: kind.plural,
      uid: metadata.uid,
    },
  };
  return { type: 'object', code: 200, text: JSON.stringify(status), status: true };
}

/** Where dependents stay unless the delete says otherwise, and it says nothing. */
export function warnOfOrphans({ kind, warnings }: Call, { propagation }: DeleteOptions): void {
  if (kind.orphanWarning !== undefined && propagation === undefined) warnings.push(kind.orphanWarning);
}

/** Also for `deletecollection` and evictions. Throws 404, 409 and what admission says. */
export function removeObject(
  call: Call,
  namespace: string,
  name: string,
  options: DeleteOptions,
  /** Leaves a mark on an object that stays for a while. */
  mark?: (object: KubeObject) => void,
): Promise<WriteResult> {
  const { server, storage, kind, now } = call;
  return commitWrite(
    server.store,
    {
      key: keyOf(storage, namespace, name),
      expect: 'present',
      standIns: options.ignoreUnreadable,
      apply(current, { revision, reader }) {
        if (!current) return 'unchanged';
        const object = JSON.parse(current.text) as KubeObject;
        if (current.unreadable !== undefined) return { delete: printObject(object, revision) };
        const admission = { call, operation: 'DELETE' as const, namespace, name, subresource: '', old: object, reader };
        mutate(admission);
        validate(admission);
        const decision = decideDelete(kind, object, options, now);
        if (decision === 'unchanged') return 'unchanged';
        mark?.(object);
        const text = printObject(object, revision);
        return decision === 'delete' ? { delete: text } : { text };
      },
    },
    causeOf(call),
    options.dryRun,
  );
}
