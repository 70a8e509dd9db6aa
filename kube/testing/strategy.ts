/** A kind's rules as the API server's verbs apply them, for tests. */
import type { DefinedKind, Writer } from '../kinds/define.ts';
import { errorText } from '../machinery/field-error.ts';
import type { KubeObject } from '../machinery/object.ts';

export const BY: Writer = {
  user: { name: 'jane', groups: ['staff'] },
  now: '2026-01-02T03:04:05Z',
  warn: () => {},
};

/** An object of a kind, named `x`. */
export function anObject({ apiVersion, kind }: DefinedKind, fields: object): KubeObject {
  return { apiVersion, kind, metadata: { name: 'x' }, ...fields };
}

/** A private copy, defaulted and prepared as on create, before admission. */
export function created<T extends KubeObject>(
  { strategy, subresources, keepStatusOnCreate }: DefinedKind,
  object: T,
): T {
  const copy = structuredClone(object);
  strategy.applyDefaults?.(copy);
  if (subresources.status && !keepStatusOnCreate) delete (copy as KubeObject).status;
  strategy.prepareForCreate?.(copy, BY);
  return copy;
}

/** The errors of a create, as texts. */
export function createErrors(kind: DefinedKind, object: KubeObject): string[] {
  return (kind.strategy.validate?.(created(kind, object)) ?? []).map(errorText);
}

/** The errors of an update of a created object, as texts. */
export function updateErrors<T extends KubeObject>(kind: DefinedKind, object: T, change: (next: T) => void): string[] {
  const old = created(kind, object);
  old.metadata.resourceVersion = '1';
  const next = structuredClone(old);
  change(next);
  kind.strategy.applyDefaults?.(next);
  kind.strategy.prepareForUpdate?.(next, old);
  const errors = [...(kind.strategy.validate?.(next, old) ?? []), ...(kind.strategy.validateUpdate?.(next, old) ?? [])];
  return errors.map(errorText);
}
