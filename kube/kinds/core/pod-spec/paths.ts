/** Paths in volumes, and file modes. */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';

const MAX_MODE = 0o777;

export function validateNoBacksteps(path: string, field: string): FieldError[] {
  return path.split('/').includes('..') ? [fieldError.invalid(field, path, "must not contain '..'")] : [];
}

/** Relative, and not out of where it starts. */
export function validateDescendingPath(path: string, field: string): FieldError[] {
  const absolute = path.startsWith('/') ? [fieldError.invalid(field, path, 'must be a relative path')] : [];
  return [...absolute, ...validateNoBacksteps(path, field)];
}

/** Neither one of the names that a volume's machinery uses itself. */
export function validateLocalPath(path: string, field: string): FieldError[] {
  const reserved = path.startsWith('..') && !path.startsWith('../');
  return [
    ...validateDescendingPath(path, field),
    ...(reserved ? [fieldError.invalid(field, path, "must not start with '..'")] : []),
  ];
}

export function validateFileMode(mode: number | undefined, field: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= MAX_MODE)) return [];
  return [fieldError.invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
