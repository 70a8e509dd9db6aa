/** The frame of every update of one object: PUT, PATCH, and the subresources that change it. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { goQuote } from '../../../kube/machinery/schema/go-names.ts';
import type { Stored } from '../../store/store.ts';
import { forbiddenBy } from '../authz/attributes.ts';
import { attributesOf } from '../authz/index.ts';
import { type Call, namespaceOf, targetKey } from '../call.ts';
import { badRequest, notFound, otherUid } from '../errors.ts';
import type { Claims } from '../services/allocator.ts';
import { commitWrite, type Proposal, type WriteRequest, type WriteResult } from './commit.ts';
import type { WriteOptions } from './options.ts';
import { type Creation, proposeCreate } from './propose-create.ts';
import { proposeUpdate, readStored } from './propose-update.ts';

/**
 * Makes the wanted object from the present one: `old`, in the version of the request, stays as it is; the answer is
 * not used again. Called again when the object has changed meanwhile; undefined state: the PUT creates.
 */
export type DesiredState = (old: KubeObject | undefined, current: Stored | undefined) => KubeObject;

/** `isPatch`: the object was made from the stored one, so a uid in it is a change, not a condition. */
export function commitUpdate(
  call: Call,
  options: WriteOptions,
  desired: DesiredState,
  isPatch = false,
): Promise<WriteResult> {
  const { kind } = call;
  const mayCreate = kind.allowCreateOnUpdate && !isPatch;
  return withClaims(call, (claims) =>
    commitWrite(call, {
      ...updateRequest(call, options),
      expect: mayCreate ? 'any' : 'present',
      operations: mayCreate ? ['CREATE', 'UPDATE'] : ['UPDATE'],
      propose(current) {
        if (!current) return proposeCreateOnUpdate(call, { call, options, claims }, desired(undefined, undefined));
        const old = readStored(call, current.text);
        return proposeUpdate({ call, options, claims, isPatch }, desired(old, current), current, old);
      },
    }),
  );
}

export function updateRequest(
  call: Call,
  { dryRun, fieldManager }: WriteOptions,
): Pick<WriteRequest, 'key' | 'dryRun' | 'fieldManager'> {
  return { key: targetKey(call), dryRun, fieldManager };
}

function proposeCreateOnUpdate(call: Call, creation: Creation, object: KubeObject): Proposal {
  const { kind, info } = call;
  if (!kind.allowCreateOnUpdate) throw notFound(kind.resource, info.name);
  const { uid } = object.metadata;
  if (uid) {
    const { dryRun } = creation.options;
    throw otherUid(kind, { namespace: namespaceOf(call), name: info.name, wanted: uid, found: '', dryRun });
  }
  return proposeAuthorizedCreate(creation, object);
}

/**
 * A create that no POST asks for: the right to update is not the right to create (`withAuthorization` of apiserver's
 * `pkg/endpoints/handlers/update.go`). Throws 403, and 400 for a resourceVersion that is no number: to upstream's store
 * that is an error of its own (500), while a number of any size is no condition on what is not there.
 */
export function proposeAuthorizedCreate(creation: Creation, object: KubeObject): Proposal {
  const { resourceVersion } = object.metadata;
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) {
    throw badRequest(`strconv.ParseUint: parsing ${goQuote(resourceVersion)}: invalid syntax`);
  }
  const { info, user, query, server } = creation.call;
  const attributes = { ...attributesOf(info, user, query), verb: 'create' };
  const decision = server.authorize(attributes);
  if (!decision.allowed) throw forbiddenBy(attributes, decision.reason);
  return proposeCreate({ ...creation, isUpdate: true }, object);
}

/** Addresses and ports that a Service takes are held while its write is under way. */
export async function withClaims<T>(
  call: Call,
  write: (claims: Claims | undefined) => Promise<T>,
  key = targetKey(call),
): Promise<T> {
  const { storage, info, server } = call;
  if (storage !== 'services' || info.subresource !== '') return write(undefined);
  const claims = server.services.claim(key);
  try {
    return await write(claims);
  } finally {
    claims.end();
  }
}
