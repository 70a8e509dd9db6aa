/** Bodies of creates that are answered and not kept (apiserver `pkg/endpoints/handlers/create.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Call } from '../call.ts';
import { type Decodable, decodeObject } from './decode.ts';
import { matchNamespace } from './metadata.ts';
import type { FieldValidation } from './options.ts';
import { dedupOwnerReferences } from './owner-references.ts';

/** `WipeObjectMetaSystemFields` */
const OF_THE_SERVER = [
  'creationTimestamp',
  'uid',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
] as const;

/** The object without what only the server may say. Throws 400 for what is none, and for another namespace. */
export function decodeAsked(call: Call, kind: Decodable, directive: FieldValidation): KubeObject {
  const object = decodeObject(call, kind, directive);
  const metadata = object.metadata as Record<string, unknown>;
  for (const field of OF_THE_SERVER) delete metadata[field];
  matchNamespace(call, object);
  dedupOwnerReferences(object, call.warnings, false);
  return object;
}
