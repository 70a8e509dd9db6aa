/** POST: a new object (apiserver `pkg/endpoints/handlers/create.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { StoreError } from '../../store/errors.ts';
import { Attributes } from '../admission/attributes.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { ApiError, alreadyExists, whileTerminating } from '../errors.ts';
import { commitWrite, type WriteResult } from '../write/commit.ts';
import { decodeObject } from '../write/decode.ts';
import { generateName } from '../write/generate-name.ts';
import { matchNamespace } from '../write/metadata.ts';
import { parseWriteOptions, type WriteOptions } from '../write/options.ts';
import { proposeCreate } from '../write/propose-create.ts';
import { withClaims } from '../write/update.ts';

/** Upstream's maxNameGenerationCreateAttempts. */
const NAME_ATTEMPTS = 8;

export async function create(call: Call): Promise<ObjectAnswer> {
  const { kind, query, server } = call;
  const options = parseWriteOptions(query, 'CreateOptions');
  const object = decoded(call, options);
  const { namespace = '', name = '' } = object.metadata;
  if (call.terminating) throw whileTerminating(kind.resource, name);
  await server.admission.prepare(new Attributes(call, { operation: 'CREATE', namespace, name, object, options }));
  const { text } = await (name === '' && object.metadata.generateName
    ? insertGenerated(call, object, options)
    : insert(call, object, options).catch((error) => {
        throw isTaken(error)
          ? taken(call, namespace, object.metadata.name ?? name, object.metadata.generateName)
          : error;
      }));
  return { type: 'object', code: 201, text };
}

function decoded(call: Call, options: WriteOptions): KubeObject {
  const object = decodeObject(call, call.kind, options.fieldValidation);
  matchNamespace(call, object);
  return object;
}

/** Tries another name each time, until one is free. */
async function insertGenerated(call: Call, first: KubeObject, options: WriteOptions): Promise<WriteResult> {
  const { kind, server } = call;
  const { generateName: prefix = '' } = first.metadata;
  for (let attempt = 1; ; attempt++) {
    const object = attempt === 1 ? first : decoded({ ...call, warnings: [] }, options);
    const name = generateName(prefix, server.random.next, kind.nameRule);
    object.metadata.name = name;
    try {
      return await insert(call, object, options, true);
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (attempt < NAME_ATTEMPTS) continue;
      throw generatedIsTaken(kind.resource, object.metadata.name ?? name);
    }
  }
}

function insert(call: Call, first: KubeObject, options: WriteOptions, isGenerated = false): Promise<WriteResult> {
  const { namespace = '', name = '', resourceVersion } = first.metadata;
  const key = keyOf(call.storage, namespace, name);
  let object: KubeObject | undefined = first;
  /** A proposal changes its object; another needs the body once more. */
  const take = (): KubeObject => {
    const taken = object ?? decoded({ ...call, warnings: [] }, options);
    object = undefined;
    taken.metadata.name = name;
    return taken;
  };
  return withClaims(
    call,
    (claims) =>
      commitWrite(call, {
        key,
        expect: 'absent',
        operations: ['CREATE'],
        dryRun: options.dryRun,
        fieldManager: options.fieldManager,
        propose() {
          const proposal = proposeCreate({ call, options, claims, isGenerated }, take());
          return { ...proposal, settle: () => settled(proposal.settle, resourceVersion, options) };
        },
      }),
    key,
  );
}

/** Upstream's storage refuses a version last, and in a dry run there is none. */
function settled(settle: (() => void) | undefined, resourceVersion: string | undefined, options: WriteOptions): void {
  settle?.();
  if (options.dryRun || !isRevision(resourceVersion)) return;
  throw new ApiError('', 'resourceVersion should not be set on objects to be created');
}

/** A whole number of 64 bits beyond 0; to upstream any other text is no version (`ObjectResourceVersion`). */
function isRevision(text: string | undefined): boolean {
  if (!text || !/^\d{1,20}$/.test(text)) return false;
  const version = BigInt(text);
  return version > 0n && BigInt.asUintN(64, version) === version;
}

function isTaken(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'already-exists';
}

/** Upstream takes a name for a generated one where there is a prefix, too (`CheckGeneratedNameError`). */
function taken({ server, storage, kind }: Call, namespace: string, name: string, prefix = ''): ApiError {
  const problem = prefix === '' ? alreadyExists(kind.resource, name) : generatedIsTaken(kind.resource, name);
  const stored = server.store.get(keyOf(storage, namespace, name));
  const isGoing = stored && (JSON.parse(stored.text) as KubeObject).metadata.deletionTimestamp;
  return isGoing
    ? new ApiError('AlreadyExists', `object is being deleted: ${problem.message}`, problem.options)
    : problem;
}

function generatedIsTaken(resource: string, name: string): ApiError {
  const { message, options } = alreadyExists(resource, name);
  const text = `${message}, the server was not able to generate a unique name for the object`;
  return new ApiError('AlreadyExists', text, {
    details: { ...options.details, retryAfterSeconds: 1 },
    retryAfter: 1,
  });
}
