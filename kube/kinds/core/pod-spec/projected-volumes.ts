/** Volumes made of several sources, and files of the downward API (`validateProjectionSources`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { Volume } from '../../../types.ts';
import { VOLUME_FIELDS, validateFieldRef, validateResourceRef } from './field-refs.ts';
import { validateItems } from './key-to-path.ts';
import { validateFileMode, validateLocalPath } from './paths.ts';

type Projected = NonNullable<Volume['projected']>;
type Source = NonNullable<Projected['sources']>[number];
type DownwardFile = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];

const MIN_TOKEN_SECONDS = 600;

export function validateDownwardFile(file: DownwardFile, field: string): FieldError[] {
  const { path = '', fieldRef, resourceFieldRef, mode } = file;
  const errors = path ? [] : [fieldError.required(`${field}.path`)];
  errors.push(...validateLocalPath(path, `${field}.path`));
  if (fieldRef) {
    errors.push(...validateFieldRef(fieldRef, VOLUME_FIELDS, `${field}.fieldRef`));
    if (resourceFieldRef) {
      const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(fieldError.invalid(field, 'resource', detail));
    }
  } else if (resourceFieldRef) {
    errors.push(...validateResourceRef(resourceFieldRef, true, `${field}.resourceFieldRef`));
  } else errors.push(fieldError.required(field, 'one of fieldRef and resourceFieldRef is required'));
  return [...errors, ...validateFileMode(mode, `${field}.mode`)];
}

function validateToken(token: NonNullable<Source['serviceAccountToken']>, at: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const seconds = token.expirationSeconds ?? 0;
  if (seconds < MIN_TOKEN_SECONDS) {
    const detail = 'may not specify a duration less than 10 minutes';
    errors.push(fieldError.invalid(`${at}.expirationSeconds`, seconds, detail));
  }
  if (seconds > 2 ** 32) {
    const detail = 'may not specify a duration larger than 2^32 seconds';
    errors.push(fieldError.invalid(`${at}.expirationSeconds`, seconds, detail));
  }
  // Upstream names the volume's path here, not the source's.
  if (!token.path) errors.push(fieldError.required(`${field}.path`));
  else errors.push(...validateLocalPath(token.path, `${field}.path`));
  return errors;
}

/** The paths of a source, each with the value that an error about it shows. */
function pathsOf({ secret, configMap, downwardAPI }: Source): { path: string; shown: string }[] {
  return [
    ...(secret?.items ?? []).map(({ path }) => ({ path, shown: secret?.name ?? '' })),
    ...(configMap?.items ?? []).map(({ path }) => ({ path, shown: configMap?.name ?? '' })),
    ...(downwardAPI?.items ?? []).map(({ path }) => ({ path, shown: path })),
  ];
}

export function validateProjection({ sources = [] }: Projected, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, source] of sources.entries()) {
    const at = `${field}.sources[${index}]`;
    for (const kind of ['secret', 'configMap'] as const) {
      const reference = source[kind];
      if (!reference) continue;
      if (!reference.name) errors.push(fieldError.required(`${at}.${kind}.name`));
      errors.push(...validateItems(reference.items, `${at}.${kind}`));
    }
    for (const item of source.downwardAPI?.items ?? []) errors.push(...validateDownwardFile(item, `${at}.downwardAPI`));
    for (const { path, shown } of pathsOf(source)) {
      if (path && seen.has(path)) errors.push(fieldError.invalid(field, shown, 'conflicting duplicate paths'));
      seen.add(path);
    }
    if (source.serviceAccountToken) {
      errors.push(...validateToken(source.serviceAccountToken, `${at}.serviceAccountToken`, field));
    }
    if (Object.values(source).filter(Boolean).length > 1) {
      errors.push(fieldError.forbidden(at, 'may not specify more than 1 volume type per source'));
    }
  }
  return errors;
}
