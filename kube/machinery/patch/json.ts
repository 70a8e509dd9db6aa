/**
 * JSON Patch (RFC 6902) as upstream reads it (gopkg.in/evanphx/json-patch.v4): negative indices count from the end, and
 * what copies add is limited. Only own properties are ever seen: `/constructor` is a missing key like any other.
 */

import { setOwn } from '../entries.ts';
import { sameJson } from '../equality.ts';
import { parseExact } from '../exact-json.ts';
import type { Json } from '../object.ts';
import { PatchError } from './errors.ts';
import { isMap } from './merge.ts';

/** Upstream's `maxJSONPatchOperations`. */
const MAX_OPERATIONS = 10_000;
/** Upstream's `JSONPatchMaxCopyBytes`: copies of copies double, so a short patch could fill any memory. */
const MAX_COPIED = 3 * 1024 * 1024;

const MISSING = 'missing value';
const TEST_FAILED = 'test failed';
const BAD_INDEX = 'invalid index referenced';

type Container = Json[] | { [key: string]: Json };
type Operation = { [key: string]: Json };
/** A container, and the key that the path's last step names in it. */
type Place = { container: Container; key: string };

/** Changes `document` in place where it can, and returns the result. Throws {@link PatchError}. */
export function jsonPatch(document: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw new PatchError('bad-request', 'a JSON patch must be a list of operations');
  if (operations.length > MAX_OPERATIONS) {
    throw new PatchError(
      'too-large',
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`,
    );
  }
  const patch = new Patch(document);
  for (const operation of operations) {
    if (operation !== null && !isMap(operation)) {
      throw new PatchError('bad-request', 'a JSON patch operation must be an object');
    }
    patch.apply(operation ?? {});
  }
  return patch.document;
}

/** Whether an operation `test` found another value. */
export function isFailedTest({ message }: PatchError): boolean {
  return message.endsWith(`: ${TEST_FAILED}`);
}

class Patch {
  document: Json;
  /** The growth of the document by copying. */
  #copied = 0;

  constructor(document: Json) {
    this.document = document;
  }

  apply(operation: Operation): void {
    const value = operation.value ?? null;
    if (operation.op === 'add') this.#add(pathOf(operation, 'add', true), value);
    else if (operation.op === 'remove') this.#remove(pathOf(operation, 'remove', true));
    else if (operation.op === 'replace') this.#replace(pathOf(operation, 'replace'), value);
    else if (operation.op === 'test') this.#test(pathOf(operation, 'test'), value);
    else if (operation.op === 'move') this.#move(operation);
    else if (operation.op === 'copy') this.#copy(operation);
    else fail(`Unexpected kind: ${typeof operation.op === 'string' ? operation.op : 'unknown'}`);
  }

  #add(path: string, value: Json): void {
    const place = this.#find(path, `add operation does not apply: doc is missing path: ${JSON.stringify(path)}`);
    insert(place, value, `error in add for path: '${path}'`);
  }

  #remove(path: string): void {
    const place = this.#find(path, `remove operation does not apply: doc is missing path: ${JSON.stringify(path)}`);
    take(place, `error in remove for path: '${path}'`);
  }

  /** Adds a member that an object does not have yet; an item of a list has to be there. */
  #replace(path: string, value: Json): void {
    if (path === '') {
      if (!isContainer(value)) fail('replace operation value must be object or array: %!w(<nil>)');
      this.document = value;
      return;
    }
    const { container, key } = this.#find(path, `replace operation does not apply: doc is missing path: ${path}`);
    if (!Array.isArray(container)) {
      setOwn(container, key, value);
      return;
    }
    const index = indexOf(key, container.length);
    if (typeof index === 'string') fail(`replace operation does not apply: doc is missing key: ${path}`, MISSING);
    container[index] = value;
  }

  #test(path: string, value: Json): void {
    const found =
      path === ''
        ? this.document
        : read(
            this.#find(path, `test operation does not apply: is missing path: ${path}`),
            `error in test for path: '${path}'`,
          );
    if (!sameJson(found, value)) fail(`testing value ${path} failed`, TEST_FAILED);
  }

  #move(operation: Operation): void {
    const from = fromOf(operation, 'move');
    const place = this.#find(from, `move operation does not apply: doc is missing from path: ${from}`);
    const value = take(place, `error in move for path: '${place.key}'`);
    const path = pathOf(operation, 'move');
    const target = this.#find(path, `move operation does not apply: doc is missing destination path: ${path}`);
    insert(target, value, `error in move for path: '${path}'`);
  }

  #copy(operation: Operation): void {
    const from = fromOf(operation, 'copy');
    const place = this.#find(from, `copy operation does not apply: doc is missing from path: ${from}`);
    const value = read(place, `error in copy for from: '${from}'`);
    const path = pathOf(operation, 'copy', true);
    const target = this.#find(path, `copy operation does not apply: doc is missing destination path: ${path}`);
    const text = JSON.stringify(value);
    this.#copied += text.length;
    if (this.#copied > MAX_COPIED) {
      fail(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copied}, exceeding the limit ${MAX_COPIED}`,
      );
    }
    insert(target, parseExact(text) as Json, 'error while adding value during copy');
  }

  #find(path: string, missing: string): Place {
    const steps = path.split('/').slice(1);
    const key = steps.pop();
    let at: Json | undefined = this.document;
    for (const step of steps) at = isContainer(at) ? peek(at, decode(step)) : undefined;
    if (key === undefined || !isContainer(at)) return fail(missing, MISSING);
    return { container: at, key: decode(key) };
  }
}

function fail(what: string, why?: string): never {
  throw new PatchError('unprocessable', why === undefined ? what : `${what}: ${why}`);
}

/** `short`: upstream says of some operations only that the value is missing. */
function pathOf({ path }: Operation, op: string, short = false): string {
  if (typeof path === 'string') return path;
  return fail(`${op} operation failed to decode path${short ? '' : ': operation missing path field'}`, MISSING);
}

function fromOf({ from }: Operation, op: string): string {
  if (typeof from === 'string') return from;
  return fail(`${op} operation failed to decode from: operation, missing from field`, MISSING);
}

function isContainer(value: Json | undefined): value is Container {
  return Array.isArray(value) || isMap(value);
}

function decode(step: string): string {
  return step.includes('~') ? step.replaceAll('~1', '/').replaceAll('~0', '~') : step;
}

function peek(container: Container, key: string): Json | undefined {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined;
  const index = indexOf(key, container.length);
  return typeof index === 'number' ? container[index] : undefined;
}

/** null for a member that an object does not have; of a list, the item has to be there. */
function read({ container, key }: Place, where: string): Json {
  if (!Array.isArray(container)) return peek(container, key) ?? null;
  const index = indexOf(key, container.length);
  return typeof index === 'string' ? fail(where, index) : (container[index] as Json);
}

/**
 * The position of one of `length` items, counted from the end where it is negative; or the error, as Go's `strconv`
 * says it.
 */
function indexOf(key: string, length: number): number | string {
  if (!/^[-+]?\d+$/.test(key)) return `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`;
  const index = Number(key);
  if (!Number.isSafeInteger(index)) return `strconv.Atoi: parsing ${JSON.stringify(key)}: value out of range`;
  if (index >= length || index < -length) return `Unable to access invalid index: ${index}: ${BAD_INDEX}`;
  return index < 0 ? index + length : index;
}

function insert({ container, key }: Place, value: Json, where: string): void {
  if (!Array.isArray(container)) {
    setOwn(container, key, value);
    return;
  }
  // The index may be one beyond the last item, where the new one is added.
  const index = key === '-' ? container.length : indexOf(key, container.length + 1);
  if (typeof index === 'number') container.splice(index, 0, value);
  else if (index.startsWith('strconv')) fail(`${where}: value was not a proper array index: '${key}'`, index);
  else fail(where, index);
}

/** Takes out what a key names, and returns it. */
function take({ container, key }: Place, where: string): Json {
  if (Array.isArray(container)) {
    const index = indexOf(key, container.length);
    if (typeof index === 'string') return fail(where, index);
    return container.splice(index, 1)[0] as Json;
  }
  if (!Object.hasOwn(container, key)) fail(`${where}: Unable to remove nonexistent key: ${key}`, MISSING);
  const value = container[key] as Json;
  delete container[key];
  return value;
}
