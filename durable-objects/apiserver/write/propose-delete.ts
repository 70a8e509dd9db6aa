/** A delete of one object (apiserver `pkg/registry/generic/registry/store.go` Delete). */

import { ownObject } from '../../../kube/kinds/registry.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { Attributes } from '../admission/attributes.ts';
import type { Call } from '../call.ts';
import { notFound } from '../errors.ts';
import { addressWrites } from '../services/ip-addresses.ts';
import { commitWrite, type Proposal, type WriteResult } from './commit.ts';
import { decideDelete } from './decide-delete.ts';
import { checkUnreadableDelete, type DeleteOptions } from './options.ts';
import { printObject } from './print.ts';

export interface Deletion {
  call: Call;
  namespace: string;
  name: string;
  options: DeleteOptions;
  /** Plugins were asked already, about the eviction that leads to this delete. */
  isAdmitted?: boolean;
  /** Leaves a mark on an object that stays for a while. */
  mark?(object: KubeObject): void;
}

/** Also used by `deletecollection` and evictions. Throws 404, 409 and refusals of admission. */
export function commitDelete(deletion: Deletion): Promise<WriteResult> {
  const { call, namespace, name, options } = deletion;
  return commitWrite(call, {
    key: keyOf(call.storage, namespace, name),
    expect: 'present',
    operations: deletion.isAdmitted ? [] : ['DELETE'],
    dryRun: options.dryRun,
    standIns: options.ignoreUnreadable,
    propose(current) {
      if (!current) throw notFound(call.kind.resource, name);
      const object = parseExact(current.text) as KubeObject;
      // Plugins cannot be asked about an object that cannot be opened.
      if (current.unreadable !== undefined) {
        checkUnreadableDelete(options);
        return { next: ({ revision }) => ({ delete: printObject(object, revision) }) };
      }
      return proposeDelete(deletion, object, current.text);
    },
  });
}

function proposeDelete(
  { call, namespace, name, options, isAdmitted, mark }: Deletion,
  object: KubeObject,
  text: string,
): Proposal {
  const attributes = isAdmitted
    ? undefined
    : new Attributes(call, {
        operation: 'DELETE',
        namespace,
        // A request for a collection names none of its objects.
        name: call.info.verb === 'deletecollection' ? '' : name,
        // In the version of the request.
        oldObject: call.conversion ? ownObject(call.conversion, text, call.answers) : object,
        options,
      });
  /** A decision marks the object: one that is made again has one of its own. */
  let unmarked: KubeObject | undefined = object;
  return {
    attributes,
    next({ revision, reader }) {
      const gone = unmarked ?? (parseExact(text) as KubeObject);
      unmarked = undefined;
      const decision = decideDelete(call.kind, gone, options, call.now);
      if (decision === 'unchanged') return 'unchanged';
      mark?.(gone);
      const next = printObject(gone, revision);
      return decision === 'delete'
        ? { delete: next, with: addressWrites(call, reader, gone, undefined) }
        : { text: next };
    },
  };
}
