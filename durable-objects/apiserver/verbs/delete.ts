/** DELETE of one object (apiserver `pkg/endpoints/handlers/delete.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type Call, namespaceOf, type ObjectAnswer } from '../call.ts';
import { forbidden } from '../errors.ts';
import { jsonBody } from '../write/media-type.ts';
import { type DeleteOptions, parseDeleteOptions } from '../write/options.ts';
import { commitDelete } from '../write/propose-delete.ts';

export async function remove(call: Call): Promise<ObjectAnswer> {
  const body = call.request.body ? jsonBody(call.request) : undefined;
  const options = parseDeleteOptions(body, call.query);
  const { info, kind } = call;
  const refusal = kind.strategy.refuseDelete?.(info.name);
  if (refusal !== undefined) throw forbidden(kind.resource, info.name, refusal);
  warnOfOrphans(call, options);
  const { text, deleted } = await commitDelete({ call, namespace: namespaceOf(call), name: info.name, options });
  // Upstream answers 202 to this older form of the option alone.
  const code = !deleted && options.orphanDependents === false ? 202 : 200;
  if (!deleted || kind.returnDeletedObject) return { type: 'object', code, text };
  const { metadata } = JSON.parse(text) as KubeObject;
  const details = { name: metadata.name, group: kind.group || undefined, kind: kind.plural, uid: metadata.uid };
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  return { type: 'object', code: 200, text: JSON.stringify(status), status: true };
}

/** Warns where dependents stay, because the delete does not say otherwise. */
export function warnOfOrphans({ kind, warnings }: Call, { propagation }: DeleteOptions): void {
  if (kind.orphanWarning !== undefined && propagation === undefined) warnings.push(kind.orphanWarning);
}
