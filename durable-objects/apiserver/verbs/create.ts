/** POST: a new object (apiserver `pkg/endpoints/handlers/create.go`, `pkg/registry/rest/create.go`). */
import { validateMetadata } from '../../../kube/kinds/metadata.ts';
import { updateManagedFields } from '../../../kube/machinery/apply/managed-fields.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { StructSchema } from '../../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import { StoreError } from '../../store/errors.ts';
import { mutate, prepareAdmission, validate } from '../admission/index.ts';
import { namespaceLifecycle } from '../admission/namespace-lifecycle.ts';
import type { Admission } from '../admission/plugin.ts';
import { ApiError, alreadyExists, invalid, methodNotAllowed, qualifiedKind, quote } from '../errors.ts';
import { type Call, causeOf, managerOf, type ObjectAnswer, writerOf } from '../server.ts';
import { allocateService } from '../services/allocate.ts';
import { commitWrite } from '../write/commit.ts';
import { decodeObject } from '../write/decode.ts';
import { fillNewMetadata, hasStatus } from '../write/metadata.ts';
import { generateName } from '../write/names.ts';
import { matchNamespace } from '../write/names-match.ts';
import { parseWriteOptions, type WriteOptions } from '../write/options.ts';
import { printObject } from '../write/print.ts';

/** Upstream's maxNameGenerationCreateAttempts. */
const NAME_ATTEMPTS = 8;

export async function create(call: Call): Promise<ObjectAnswer> {
  if (call.info.name !== '') throw methodNotAllowed();
  const options = parseWriteOptions(call.query, 'CreateOptions');
  const object = decodeObject(call, call.kind, options.fieldValidation);
  matchNamespace(call, object);
  return createObject(call, object, options);
}

/** Creates a decoded and defaulted object, which is the caller's to give. */
async function createObject(call: Call, object: KubeObject, options: WriteOptions): Promise<ObjectAnswer> {
  const { kind, server, now } = call;
  if (object.metadata.resourceVersion) {
    throw new ApiError('', 'resourceVersion should not be set on objects to be created');
  }
  const admission: Admission = {
    call,
    operation: 'CREATE',
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
    subresource: '',
    object,
    reader: server.store,
  };
  await prepareAdmission(admission);
  object.metadata.managedFields = updateManagedFields({
    schema: kind.schema as StructSchema,
    before: undefined,
    after: object,
    manager: managerOf(call),
    time: rfc3339(now),
    subresource: '',
    ignore: hasStatus(kind) ? ['status'] : [],
  });
  mutate(admission);
  fillNewMetadata(kind, object, server.random.uuid(), now);
  kind.strategy.prepareForCreate?.(object, writerOf(call));
  const { generateName: prefix } = object.metadata;
  const isGenerated = !object.metadata.name && !!prefix;
  for (let attempt = 1; ; attempt++) {
    if (isGenerated) object.metadata.name = generateName(prefix ?? '', server.random.next);
    if (attempt === 1) check(call, object);
    validate(admission);
    try {
      return await insert(call, object, admission, options);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'already-exists') throw error;
      const name = object.metadata.name ?? '';
      if (!isGenerated) throw alreadyExists(kind.resource, name);
      if (attempt === NAME_ATTEMPTS) {
        const text = `${kind.resource} ${quote(name)} already exists, the server was not able to generate a unique name for the object`;
        throw new ApiError('AlreadyExists', text, { details: alreadyExists(kind.resource, name).options.details });
      }
    }
  }
}

function check({ kind, warnings }: Call, object: KubeObject): void {
  const errors = [...validateMetadata(object.metadata, kind), ...(kind.strategy.validate?.(object) ?? [])];
  if (errors.length > 0) throw invalid(qualifiedKind(kind), object.metadata.name ?? '', errors);
  warnings.push(...(kind.strategy.warnings?.(object) ?? []));
}

async function insert(
  call: Call,
  object: KubeObject,
  admission: Admission,
  { dryRun, fieldManager }: WriteOptions,
): Promise<ObjectAnswer> {
  const { server, storage, conversion } = call;
  const key = keyOf(storage, object.metadata.namespace ?? '', object.metadata.name ?? '');
  const claims = storage === 'services' ? server.services.claim(key) : undefined;
  const seen = server.store.revision;
  try {
    const { text } = await commitWrite(
      server.store,
      {
        key,
        expect: 'absent',
        apply(_current, { revision, reader }) {
          // The namespace may have gone in the same group of writes.
          if (reader.revision !== seen) namespaceLifecycle.mutate?.({ ...admission, reader });
          let next = conversion ? conversion.toStored(object) : object;
          if (claims) {
            next = structuredClone(next);
            allocateService(next, undefined, claims);
          }
          return { text: printObject(next, dryRun ? 0 : revision) };
        },
      },
      causeOf(call, fieldManager),
      dryRun,
    );
    return { type: 'object', code: 201, text };
  } finally {
    claims?.end();
  }
}
