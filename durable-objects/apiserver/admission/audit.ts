/**
 * Audit annotations (apiserver `pkg/admission/audit.go`, `pkg/audit/context.go` AddAuditAnnotation). There is no audit
 * log: they are kept in the log of revisions, with the cause of the write that they are about.
 */
import type { Attributes } from './attributes.ts';

/** Code units of all annotations of a write; each revision holds its own. What comes after is left out. */
const MAX_SIZE = 8 * 1024;

type Annotated = Pick<Attributes, 'annotations' | 'annotated'>;

/** The first value of a key stays. */
export function annotate(attributes: Annotated, key: string, value: string): void {
  attributes.annotations ??= {};
  const { annotations } = attributes;
  if (Object.hasOwn(annotations, key)) return;
  // A webhook may answer with a hundred thousand.
  const size = attributes.annotated + key.length + value.length;
  if (size > MAX_SIZE) return;
  annotations[key] = value;
  attributes.annotated = size;
}
