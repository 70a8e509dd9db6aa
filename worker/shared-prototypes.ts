/**
 * The prototypes that all clusters of an isolate share take no more properties: a client's key that is followed where it
 * should not be (`__proto__`) is an error of that request, and changes nothing for others.
 */
export function closePrototypes(realm: typeof globalThis): void {
  const shared = [realm.Object, realm.Array, realm.Function, realm.String, realm.Number, realm.Boolean];
  for (const { prototype } of shared) Object.preventExtensions(prototype);
}
