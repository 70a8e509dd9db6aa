/** A new object: a create, or a PUT to a free name (apiserver `pkg/registry/rest/create.go` BeforeCreate). */
import { validateMetadata } from '../../../kube/kinds/metadata.ts';
import { updateManagedFields } from '../../../kube/machinery/apply/managed-fields.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { StructSchema } from '../../../kube/machinery/schema/schema.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import { Attributes } from '../admission/attributes.ts';
import { type Call, managerOf, writerOf } from '../call.ts';
import { invalid, qualifiedKind } from '../errors.ts';
import { allocateService } from '../services/allocate.ts';
import type { Claims } from '../services/allocator.ts';
import type { Proposal } from './commit.ts';
import { fillNewMetadata, hasStatus, wipeMetadata } from './metadata.ts';
import type { WriteOptions } from './options.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { printObject } from './print.ts';

export interface Creation {
  call: Call;
  options: WriteOptions;
  claims?: Claims;
  /** The name was generated: the request names none. */
  isGenerated?: boolean;
}

/** `object` is decoded, defaulted and not used again by the caller. */
export function proposeCreate({ call, options, claims, isGenerated }: Creation, object: KubeObject): Proposal {
  const { kind, server, now, conversion, warnings } = call;
  const { resourceVersion } = object.metadata;
  wipeMetadata(object);
  dedupOwnerReferences(object, warnings, false);
  object.metadata.managedFields = updateManagedFields({
    schema: kind.schema as StructSchema,
    before: undefined,
    after: object,
    manager: managerOf(call),
    time: rfc3339(now),
    subresource: '',
    ignore: hasStatus(kind) ? ['status'] : [],
  });
  const { name = '', namespace = '' } = object.metadata;
  const attributes = new Attributes(call, {
    operation: 'CREATE',
    namespace,
    name: isGenerated ? '' : name,
    object,
    options,
  });
  return {
    attributes,
    settle() {
      dedupOwnerReferences(object, warnings, true);
      fillNewMetadata(kind, object, server.random.uuid(), now);
      kind.strategy.prepareForCreate?.(object, writerOf(call));
      const errors = [...validateMetadata(object.metadata, kind), ...(kind.strategy.validate?.(object) ?? [])];
      if (errors.length > 0) throw invalid(qualifiedKind(kind), name, errors);
      warnings.push(...(kind.strategy.warnings?.(object) ?? []));
      if (claims) allocateService(object, undefined, claims, options.dryRun);
    },
    next({ revision }) {
      // A dry run answers the resourceVersion that it was sent.
      const shown = options.dryRun ? Number(resourceVersion) || 0 : revision;
      return { text: printObject(conversion ? conversion.toStored(object) : object, shown) };
    },
  };
}
