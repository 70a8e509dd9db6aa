/**
 * JSON Patch (RFC 6902) as upstream reads it (gopkg.in/evanphx/json-patch.v4): negative indices count from the end, and
 * what copies add is limited. Only own properties are ever seen: `/constructor` is a missing key like any other.
 */
import { sameJson } from '../equality.ts';
import type { Json } from '../object.ts';
import { PatchError } from './errors.ts';
import { isMap, setOwn } from './merge.ts';

/** Upstream's `maxJSONPatchOperations`. */
const MAX_OPERATIONS = 10_000;
/** Upstream's `JSONPatchMaxCopyBytes`: copies of copies double, so a short patch could fill any memory. */
const MAX_COPIED = 3 * 1024 * 1024;

const MISSING = 'missing value';
const BAD_INDEX = 'invalid index referenced';

type Container = Json[] | { [key: string]: Json };
type Operation = { [key: string]: Json };
/** A container, and the key that the path's last step names in it. */
type Place = { container: Container; key: string };

/** Changes `document` in place and returns it. Throws {@link PatchError}. */
export function jsonPatch(document: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw new PatchError('bad-request', 'a JSON patch must be a list of operations');
  if (operations.length > MAX_OPERATIONS) {
    throw new PatchError(
      'too-large',
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`,
    );
  }
  let copied = 0;
  for (const operation of operations) {
    if (!isMap(operation)) throw new PatchError('bad-request', 'a JSON patch operation must be an object');
    copied += apply(document, operation, copied);
  }
  return document;
}

/** Returns by how much copying made the document grow. */
function apply(document: Json, operation: Operation, copied: number): number {
  const op = String(operation.op ?? '');
  const path = pathOf(operation, op, 'path');
  switch (op) {
    case 'add':
      insert(find(document, path, `add operation does not apply: doc is missing path: ${path}`), given(operation, op));
      return 0;
    case 'remove':
      take(find(document, path, `remove operation does not apply: doc is missing path: ${path}`), path, op);
      return 0;
    case 'replace': {
      const place = find(document, path, `replace operation does not apply: doc is missing path: ${path}`);
      if (read(place) === undefined) fail(`replace operation does not apply: doc is missing key: ${path}`, MISSING);
      replace(place, given(operation, op));
      return 0;
    }
    case 'test': {
      const found = read(find(document, path, `test operation does not apply: is missing path: ${path}`));
      if (!sameJson(found ?? null, operation.value ?? null)) fail(`testing value ${path} failed`, 'test failed');
      return 0;
    }
    case 'move':
    case 'copy': {
      const from = pathOf(operation, op, 'from');
      const source = find(document, from, `${op} operation does not apply: doc is missing from path: ${from}`);
      const value = read(source);
      if (value === undefined) return fail(`error in ${op} for path: '${from}'`, MISSING);
      const missing = `${op} operation does not apply: doc is missing destination path: ${path}`;
      if (op === 'move') {
        take(source, from, op);
        insert(find(document, path, missing), value);
        return 0;
      }
      const text = JSON.stringify(value);
      if (copied + text.length > MAX_COPIED) {
        fail(
          `Unable to complete the copy, the accumulated size increase of copy is ${copied + text.length}, exceeding the limit ${MAX_COPIED}`,
        );
      }
      insert(find(document, path, missing), JSON.parse(text) as Json);
      return text.length;
    }
    default:
      return fail(`Unexpected kind: ${op === '' ? 'unknown' : op}`);
  }
}

function fail(what: string, why?: string): never {
  throw new PatchError('unprocessable', why === undefined ? what : `${what}: ${why}`);
}

function pathOf(operation: Operation, op: string, field: 'path' | 'from'): string {
  const path = operation[field];
  return typeof path === 'string' ? path : fail(`${op} operation failed to decode ${field}`, MISSING);
}

function given({ value }: Operation, op: string): Json {
  return value === undefined ? fail(`${op} operation failed to decode value`, MISSING) : value;
}

function find(document: Json, path: string, missing: string): Place {
  const steps = path.split('/').slice(1);
  const key = steps.pop();
  let at: Json | undefined = document;
  for (const step of steps) at = isContainer(at) ? read({ container: at, key: decode(step) }) : undefined;
  if (key === undefined || !isContainer(at)) return fail(missing, MISSING);
  return { container: at, key: decode(key) };
}

function isContainer(value: Json | undefined): value is Container {
  return Array.isArray(value) || isMap(value);
}

function decode(step: string): string {
  return step.includes('~') ? step.replaceAll('~1', '/').replaceAll('~0', '~') : step;
}

function read({ container, key }: Place): Json | undefined {
  if (Array.isArray(container)) return container[indexOf(key, container.length) ?? -1];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

/** Of one of `length` items; undefined for anything else. */
function indexOf(key: string, length: number): number | undefined {
  if (!/^[-+]?\d+$/.test(key)) return undefined;
  const index = Number(key);
  if (index >= length || index < -length) return undefined;
  return index < 0 ? index + length : index;
}

function insert({ container, key }: Place, value: Json): void {
  if (!Array.isArray(container)) {
    setOwn(container, key, value);
    return;
  }
  // One more than there are: an item may be added behind the last.
  const index = key === '-' ? container.length : indexOf(key, container.length + 1);
  if (index === undefined) fail(`Unable to access invalid index: ${key}`, BAD_INDEX);
  container.splice(index, 0, value);
}

function replace({ container, key }: Place, value: Json): void {
  if (Array.isArray(container)) container[indexOf(key, container.length) ?? -1] = value;
  else setOwn(container, key, value);
}

function take({ container, key }: Place, path: string, op: string): void {
  if (Array.isArray(container)) {
    const index = indexOf(key, container.length);
    if (index === undefined)
      fail(`error in ${op} for path: '${path}': Unable to access invalid index: ${key}`, BAD_INDEX);
    container.splice(index, 1);
    return;
  }
  if (!Object.hasOwn(container, key)) {
    fail(`error in ${op} for path: '${path}': Unable to remove nonexistent key: ${key}`, MISSING);
  }
  delete container[key];
}
