/** `continue` of a list: the start of its next page (apiserver `pkg/storage/continue.go`). */
import type { Key } from '../../../kube/machinery/resource.ts';
import { jsonSyntaxError } from '../../../kube/machinery/schema/json-syntax.ts';
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

const invalidToken = (why: string): Error => badRequest(`invalid continue token: continue key is not valid: ${why}`);

/** Throws 400. */
export function decodeContinue(token: string, prefix: string): Continuation {
  const text = fromBase64Url(token);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidToken(jsonSyntaxError(text) ?? 'unexpected end of JSON input');
  }
  const { v, rv, start } = (value ?? {}) as { v?: unknown; rv?: unknown; start?: unknown };
  if (v !== VERSION) throw invalidToken(`server does not recognize this encoded version ${v ?? ''}`);
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) {
    throw invalidToken(`incorrect encoded start resourceVersion (version ${VERSION})`);
  }
  if (typeof start !== 'string' || start === '') {
    throw invalidToken(`encoded start key empty (version ${VERSION})`);
  }
  if (!isClean(start)) throw invalidToken(start);
  return { revision: rv > 0 ? rv : undefined, after: prefix + start };
}

/** Whether Go's `path.Clean` would leave the path as it is. */
function isClean(start: string): boolean {
  const steps = start.replace(/^\//, '').split('/');
  return steps.every((step) => step !== '' && step !== '.' && step !== '..');
}

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** Go's `base64.RawURLEncoding`. Throws 400. */
function fromBase64Url(text: string): string {
  const wrong = text.search(/[^A-Za-z0-9_-]/);
  if (wrong >= 0) throw invalidToken(`illegal base64 data at input byte ${wrong}`);
  if (text.length % 4 === 1) throw invalidToken(`illegal base64 data at input byte ${text.length - 1}`);
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
}
