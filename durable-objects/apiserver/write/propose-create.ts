/** A new object: a create, or a PUT to a free name (apiserver `pkg/registry/rest/create.go` BeforeCreate). */

import { dropDisabledFields } from '../../../kube/kinds/disabled-fields.ts';
import { joinErrors, validateAnyMetadata, validateMetadata } from '../../../kube/kinds/metadata.ts';
import { addAll } from '../../../kube/machinery/add-all.ts';
import { fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { Attributes } from '../admission/attributes.ts';
import { adminAccessErrors } from '../authz/admin-access.ts';
import { checkParamAccess } from '../authz/policy-params.ts';
import { checkEscalation } from '../authz/rbac/escalation.ts';
import { type Call, writerOf } from '../call.ts';
import { badRequest, invalid, qualifiedKind } from '../errors.ts';
import { allocateService } from '../services/allocate.ts';
import type { Claims } from '../services/allocator.ts';
import { addressWrites } from '../services/ip-addresses.ts';
import type { Proposal } from './commit.ts';
import { fillNewMetadata, OTHER_NAMESPACE, wipeMetadata } from './metadata.ts';
import type { WriteOptions } from './options.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { dropManagers, printObject } from './print.ts';
import { canBeTracked, trackFields } from './track-fields.ts';

export interface Creation {
  call: Call;
  options: WriteOptions;
  claims?: Claims;
  /** The name was generated: the request names none. */
  isGenerated?: boolean;
  /** A PUT or an apply creates what is not there. */
  isUpdate?: boolean;
  /** The managers are known already, and are those that the object has. */
  isTracked?: boolean;
}

interface Place {
  name: string;
  namespace: string;
  /** Whether plugins may give the object another name, as upstream lets them at a create. */
  mayRename: boolean;
}

/** Plugins may change a new object, but not move it to another namespace. */
function checkPlace(
  { kind }: Call,
  { metadata, kind: named }: KubeObject,
  { name, namespace, mayRename }: Place,
): void {
  if (namespace === '') delete metadata.namespace;
  else metadata.namespace ||= namespace;
  if ((metadata.namespace ?? '') !== namespace) throw badRequest(OTHER_NAMESPACE);
  // Validation tells that there is none.
  if (!metadata.name || metadata.name === name || mayRename) return;
  const changed = fieldError.invalid('metadata.name', metadata.name, 'field is immutable');
  throw invalid(qualifiedKind(kind, named), name, [changed]);
}

/** `object` is decoded, defaulted and not used again by the caller. */
export function proposeCreate(
  { call, options, claims, isGenerated, isTracked, isUpdate = false }: Creation,
  object: KubeObject,
): Proposal {
  const { kind, server, now, conversion, warnings } = call;
  const { resourceVersion } = object.metadata;
  wipeMetadata(object, isUpdate);
  dedupOwnerReferences(object, warnings, false);
  if (!isTracked) {
    const isFit = canBeTracked(call, undefined, object);
    object.metadata.managedFields = isFit ? trackFields(call, undefined, object) : undefined;
  }
  const { name = '', namespace = '' } = object.metadata;
  // Addresses are given out to a Service by its key.
  const mayRename = !isUpdate && !claims;
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
      checkPlace(call, object, { name, namespace, mayRename });
      checkEscalation(call, object);
      dedupOwnerReferences(object, warnings, true);
      fillNewMetadata(kind, object, { uid: server.random.uuid(), now, isUpdate });
      if (!kind.custom) dropDisabledFields(kind.schema, object);
      kind.strategy.prepareForCreate?.(object, writerOf(call));
      // Upstream gives out addresses before it looks at the rest.
      if (claims) allocateService(object, undefined, claims, options.dryRun);
      const broken = [...adminAccessErrors(call, object), ...(kind.strategy.validate?.(object) ?? [])];
      const own = joinErrors(kind, validateMetadata(object.metadata, kind), broken);
      const errors = own.length > 0 ? own : validateAnyMetadata(object.metadata);
      if (errors.length > 0) throw invalid(qualifiedKind(kind, object.kind), object.metadata.name || name, errors);
      checkParamAccess(call, object);
      addAll(warnings, kind.strategy.warnings?.(object) ?? []);
    },
    renamed: () => (object.metadata.name === name ? undefined : object.metadata.name),
    next({ revision, reader }) {
      // A dry run answers the resourceVersion that it was sent.
      const shown = options.dryRun ? Number(resourceVersion) || 0 : revision;
      const print = (): string => printObject(conversion ? conversion.toStored(object, call.answers) : object, shown);
      let text = print();
      if (!isTracked && !options.dryRun && dropManagers(text, object)) text = print();
      return { text, with: addressWrites(call, reader, undefined, object) };
    },
  };
}
