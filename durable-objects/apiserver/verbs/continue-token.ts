/** `continue` of a list: the start of its next page (apiserver `pkg/storage/continue.go`). */
import type { Key } from '../../../kube/machinery/resource.ts';
import { badRequest } from '../errors.ts';

export interface Continuation {
  /** The revision of the first page; undefined: go on with the present state. */
  revision?: number;
  /** The last key of the page before. */
  after: Key;
}

const VERSION = 'meta.k8s.io/v1';

/** `prefix` bounds the keys that the token may reach. */
export function encodeContinue({ revision, after }: Continuation, prefix: string): string {
  const json = JSON.stringify({ v: VERSION, rv: revision ?? -1, start: after.slice(prefix.length) });
  return toBase64Url(json);
}

/** Throws 400. */
export function decodeContinue(token: string, prefix: string): Continuation {
  let value: unknown;
  try {
    value = JSON.parse(fromBase64Url(token));
  } catch (error) {
    throw badRequest(`invalid continue token: continue key is not valid: ${(error as Error).message}`);
  }
  const { v, rv, start } = (value ?? {}) as { v?: unknown; rv?: unknown; start?: unknown };
  if (v !== VERSION)
    throw badRequest('invalid continue token: continue key is not valid: incorrect encoded version of continue token');
  if (typeof start !== 'string' || start === '') {
    throw badRequest('invalid continue token: continue key is not valid: encoded start key was empty');
  }
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) {
    throw badRequest('invalid continue token: continue key is not valid: incorrect encoded start resourceVersion');
  }
  return { revision: rv > 0 ? rv : undefined, after: prefix + start };
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
}
