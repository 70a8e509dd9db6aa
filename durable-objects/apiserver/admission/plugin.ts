/** What an admission plugin is: one file, one line in `index.ts` (apiserver `pkg/admission/interfaces.go`). */

import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { StatusCause } from '../../../kube/machinery/status.ts';
import type { StoreReader } from '../../store/store.ts';
import { type ApiError, forbidden } from '../errors.ts';
import type { Call } from '../server.ts';

export interface Admission {
  call: Call;
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  namespace: string;
  name: string;
  subresource: string;
  /** What will be stored; undefined for a delete. */
  object?: KubeObject;
  old?: KubeObject;
  /** Sees the writes that commit together with this one. */
  reader: StoreReader;
}

export interface Plugin {
  name: string;
  /** What has to be waited for, before anything is decided. Throws to refuse. */
  prepare?(admission: Admission): Promise<void> | undefined;
  /** May change `object`. Throws to refuse. */
  mutate?(admission: Admission): void;
  /** Throws to refuse. */
  validate?(admission: Admission): void;
}

/** `admission.NewForbidden` */
export function refuse({ call, name, object }: Admission, why: string, causes?: StatusCause[]): ApiError {
  const shown = name || object?.metadata.name || object?.metadata.generateName || '';
  return forbidden(call.kind.resource, shown, why, causes);
}
