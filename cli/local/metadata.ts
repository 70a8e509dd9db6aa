/**
 * The four functions of the metadata proposal that the container beneath `@peculiar/x509` asks for when it is loaded.
 * Import this before it. The library registers its algorithms itself, so nothing else of the polyfill is missed.
 */
type Metadata = Record<'getMetadata' | 'getOwnMetadata' | 'defineMetadata' | 'hasOwnMetadata', unknown>;

const kept = new WeakMap<object, Map<unknown, unknown>>();
const own = (key: unknown, target: object): unknown => kept.get(target)?.get(key);

function inherited(key: unknown, target: object | null): unknown {
  for (let at = target; at; at = Object.getPrototypeOf(at)) {
    if (kept.get(at)?.has(key)) return own(key, at);
  }
  return undefined;
}

const reflect = Reflect as unknown as Metadata;
reflect.getMetadata ??= inherited;
reflect.getOwnMetadata ??= own;
reflect.hasOwnMetadata ??= (key: unknown, target: object) => kept.get(target)?.has(key) ?? false;
reflect.defineMetadata ??= (key: unknown, value: unknown, target: object) => {
  const map = kept.get(target) ?? new Map<unknown, unknown>();
  kept.set(target, map.set(key, value));
};

export {};
