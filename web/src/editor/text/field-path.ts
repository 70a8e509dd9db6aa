/** The field of a Status' cause, or of a decoder's message: `spec.containers[0].ports[1].name`, `metadata.labels[a.b/c]`. */
import type { Step } from '../schema/schema.ts';

export function parseFieldPath(text: string): Step[] {
  const steps: Step[] = [];
  for (const [, name, inner] of text.matchAll(/(?:^|\.)?([^.[\]]+)|\[((?:"(?:[^"\\]|\\.)*"|[^\]])*)\]/g)) {
    if (name !== undefined) steps.push(name);
    else if (inner !== undefined) steps.push(/^\d+$/.test(inner) ? Number(inner) : unquoted(inner));
  }
  return steps;
}

function unquoted(text: string): string {
  return /^".*"$/.test(text) ? text.slice(1, -1) : text;
}

/** Fields that a strict decoder names: `strict decoding error: unknown field "spec.foo", duplicate field "spec.bar"`. */
export function strictProblems(message: string): { field: string; message: string }[] {
  const found = message.matchAll(/(unknown|duplicate) field "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([text, , field = '']) => ({ field, message: text }));
}
