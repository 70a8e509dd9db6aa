/** The strategy of a kind, or of its subresource, applied to an update. */

import { dropDisabledFields } from '../../../kube/kinds/disabled-fields.ts';
import { joinErrors, validateMetadataUpdate } from '../../../kube/kinds/metadata.ts';
import { addAll } from '../../../kube/machinery/add-all.ts';
import { addErrors, type FieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { adminAccessStatusErrors } from '../authz/admin-access.ts';
import { claimStatusAccessErrors } from '../authz/claim-status.ts';
import { type Call, writerOf } from '../call.ts';
import { invalid, qualifiedKind } from '../errors.ts';
import { allocateService } from '../services/allocate.ts';
import type { Claims } from '../services/allocator.ts';
import { bumpGeneration } from './metadata.ts';

/** Drops and carries over what the request may not change. */
export function prepareUpdate(
  call: Call,
  next: KubeObject,
  old: KubeObject,
  claims: Claims | undefined,
  isDryRun: boolean,
): void {
  const { kind, info } = call;
  const { subresource } = info;
  const { strategy } = kind;
  if (subresource === 'status') {
    if (!kind.custom) dropDisabledFields(kind.schema, next);
    strategy.prepareForStatusUpdate?.(next, old, writerOf(call));
    return;
  }
  const own = strategy.subresources?.[subresource];
  if (own) {
    if (!kind.custom) dropDisabledFields(kind.schema, next);
    own.prepareForUpdate(next, old, writerOf(call));
    bumpGeneration(kind, next, old);
    return;
  }
  const asGiven = kind.generation?.asGiven;
  if (asGiven) bumpGeneration(kind, next, old);
  if (!kind.custom) dropDisabledFields(kind.schema, next);
  strategy.prepareForUpdate?.(next, old, writerOf(call));
  if (!asGiven) bumpGeneration(kind, next, old);
  if (claims) allocateService(next, old, claims, isDryRun);
}

/** Throws 422, and warns. */
export function checkUpdate(call: Call, next: KubeObject, old: KubeObject): void {
  const { kind, info, warnings } = call;
  const { subresource } = info;
  const found: FieldError[] = [];
  const { strategy } = kind;
  const own = strategy.subresources?.[subresource];
  if (own) addErrors(found, own.validateUpdate(next, old));
  else if (subresource === 'status') {
    found.push(...adminAccessStatusErrors(call, next, old), ...claimStatusAccessErrors(call, next, old));
    addErrors(found, strategy.validateStatusUpdate?.(next, old) ?? []);
  } else {
    const changes = strategy.validateUpdate?.(next, old) ?? [];
    const rules = strategy.validate?.(next, old) ?? [];
    for (const errors of strategy.changesFirst ? [changes, rules] : [rules, changes]) addErrors(found, errors);
  }
  // The rule for names is asked again where upstream judges the whole object anew, which no subresource does.
  const ofMetadata = validateMetadataUpdate(next.metadata, old.metadata, kind, subresource === '');
  // Every update is judged by the rules of all metadata first (apiserver `registry/rest/update.go`).
  const errors = kind.metadataLast ? [...ofMetadata, ...found] : joinErrors(kind, ofMetadata, found);
  if (errors.length > 0) throw invalid(qualifiedKind(kind, next.kind), next.metadata.name ?? '', errors);
  if (subresource === '' || subresource === 'scale') addAll(warnings, strategy.warnings?.(next, old) ?? []);
  else if (subresource === 'status') addAll(warnings, strategy.statusWarnings?.(next) ?? []);
}
