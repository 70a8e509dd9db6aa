/** `pods/ephemeralcontainers` (`pkg/registry/core/pod/strategy.go`, `ValidatePodEphemeralContainersUpdate`). */
import { semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { Pod } from '../../types.ts';
import { specDiff } from './pod-diff.ts';
import { validatePodAnnotationUpdate } from './pod-spec/annotations.ts';
import { isMirror, keepMetadata } from './pod-update.ts';

const FIELD = 'spec.ephemeralContainers';

/** All else stays as it is. */
export function prepareEphemeralContainers(next: Pod, old: Pod): void {
  const ephemeralContainers = next.spec?.ephemeralContainers;
  const { ephemeralContainers: _, ...spec } = structuredClone(old.spec ?? { containers: [] });
  next.spec = ephemeralContainers ? { ...spec, ephemeralContainers } : spec;
  next.status = old.status;
  keepMetadata(next, old);
}

/** Beside the rules of a pod's spec: containers are added, and never changed or taken away. */
export function validateEphemeralContainersUpdate(next: Pod, old: Pod, valid: FieldError[]): FieldError[] {
  if (isMirror(old)) return [fieldError.forbidden('[]', 'static pods do not support ephemeral containers')];
  const errors = [...valid, ...validatePodAnnotationUpdate(next.metadata.annotations, old.metadata.annotations)];
  const byName = new Map((next.spec?.ephemeralContainers ?? []).map((container) => [container.name, container]));
  const schema = schemaOf('io.k8s.api.core.v1.EphemeralContainer');
  for (const before of old.spec?.ephemeralContainers ?? []) {
    const after = byName.get(before.name);
    const what = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`;
    if (!after) errors.push(fieldError.forbidden(FIELD, `${what} removed\n`));
    else if (!semanticEqual(schema, after, before)) {
      errors.push(fieldError.forbidden(FIELD, `${what} changed\n${specDiff(before, after)}`));
    }
  }
  return errors;
}
