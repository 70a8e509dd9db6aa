/** The parameters of requests for history. Each that cannot be read is refused with a sentence. */
import { type ApiError, badRequest } from '../apiserver/errors.ts';

export type Params = URLSearchParams;

/** Throws 400. */
export function wholeNumber(params: Params, name: string, otherwise: number): number {
  const text = params.get(name);
  if (text === null || text === '') return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name} must be a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** Code units of objects that one answer parses, about: more would hold others up. The next page goes on. */
export const MAX_SIZE = 3_000_000;

/** From 1 on. Throws 400. */
export function limitOf(params: Params, most: number): number {
  return Math.max(1, Math.min(most, wholeNumber(params, 'limit', most)));
}

/** Milliseconds since the epoch. Throws 400. */
export function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw notATime(text);
  return time;
}

/** With milliseconds: several revisions share a second. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const notATime = (text: string): ApiError =>
  badRequest(`time must be like 2026-01-31T12:00:00Z, not ${JSON.stringify(text)}`);

/** The objects that a request is about; all when nothing is named. */
export interface Scope {
  /** `deployments.apps` */
  resource?: string;
  namespace?: string;
  name?: string;
}

export function scopeOf(params: Params): Scope {
  const read = (name: string): string | undefined => params.get(name) ?? undefined;
  return { resource: read('resource'), namespace: read('namespace'), name: read('name') };
}

/** The namespace itself belongs to what is in it. */
export function isInScope(scope: Scope, key: { resource: string; namespace: string; name: string }): boolean {
  const isItself = key.resource === 'namespaces' && key.name === scope.namespace && scope.resource === undefined;
  return (
    (scope.resource === undefined || scope.resource === key.resource) &&
    (scope.namespace === undefined || scope.namespace === key.namespace || isItself) &&
    (scope.name === undefined || scope.name === key.name)
  );
}
