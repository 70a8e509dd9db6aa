/** The server's refusals of an object, at the lines of the text that they are about. */
import type { ApiError } from '../../api/request.ts';
import { parseFieldPath, strictProblems } from '../text/field-path.ts';
import { type ParsedNode, rangeAt } from '../text/tree.ts';

export interface PlacedProblem {
  message: string;
  /** Where in the document; undefined for what is about the whole. */
  at?: { from: number; to: number };
}

export function placedProblems(error: ApiError, root: ParsedNode | null): PlacedProblem[] {
  const place = (field: string | undefined, message: string): PlacedProblem => {
    const path = parseFieldPath(field ?? '');
    return path.length > 0 && root ? { message, at: rangeAt(root, path) } : { message };
  };
  const strict = strictProblems(error.message);
  if (strict.length > 0) return strict.map(({ field, message }) => place(field, message));
  const causes = error.causes.filter(({ message }) => message);
  if (causes.length > 0) {
    return causes.map(({ field = '', message = '' }) => place(field, field ? `${field}: ${message}` : message));
  }
  return [{ message: error.message }];
}

/** The managers of the fields that an apply would take from them. */
export function managersInConflict(error: ApiError): { manager: string; fields: string[] }[] {
  const byManager = new Map<string, string[]>();
  for (const { reason, message = '', field = '' } of error.causes) {
    if (reason !== 'FieldManagerConflict') continue;
    const manager = /^conflict with "([^"]*)"/.exec(message)?.[1] ?? message;
    byManager.set(manager, [...(byManager.get(manager) ?? []), field]);
  }
  return [...byManager].map(([manager, fields]) => ({ manager, fields }));
}
