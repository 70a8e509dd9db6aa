/**
 * Audit annotations (apiserver `pkg/admission/audit.go`, `pkg/audit/context.go` AddAuditAnnotation). There is no audit
 * log: they are kept in the log of revisions, with the cause of the write that they are about.
 */
import type { Attributes } from './attributes.ts';

/** Code units of all annotations of a write; each revision holds its own. What comes after is left out. */
const MAX_SIZE = 8 * 1024;

/** The first value of a key stays. */
export function annotate(attributes: Pick<Attributes, 'annotations'>, key: string, value: string): void {
  attributes.annotations ??= {};
  const { annotations } = attributes;
  if (Object.hasOwn(annotations, key)) return;
  const held = Object.entries(annotations).reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  if (held + key.length + value.length <= MAX_SIZE) annotations[key] = value;
}
