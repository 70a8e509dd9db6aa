/** The object of a committed change, parsed once for all that follow the log. */
import { parseExact } from './exact-json.ts';
import type { KubeObject } from './object.ts';

const parsed = new WeakMap<object, KubeObject>();

/** Not to be changed, because others read it, too. It is kept as long as the change is. Throws where the text is not JSON. */
export function sharedObject(change: { readonly text: string }): KubeObject {
  let object = parsed.get(change);
  if (!object) {
    object = parseExact(change.text) as KubeObject;
    parsed.set(change, object);
  }
  return object;
}
