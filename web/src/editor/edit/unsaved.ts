/** Edits that are not applied yet: they outlast a closed drawer, another page, and a session that ends meanwhile. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';

export interface Unsaved {
  /** The object that the edit began from. */
  base: KubeObject;
  text: string;
}

const edits = new Map<string, Unsaved>();

/** Undefined for an object that was made anew since. */
export function unsavedOf(cluster: string, path: string, uid: string | undefined): Unsaved | undefined {
  const found = edits.get(`${cluster} ${path}`);
  return found?.base.metadata.uid === uid ? found : undefined;
}

export function keepUnsaved(cluster: string, path: string, unsaved: Unsaved | undefined): void {
  if (unsaved) edits.set(`${cluster} ${path}`, unsaved);
  else edits.delete(`${cluster} ${path}`);
}

/** Of a browser whose person signs out. */
export function forgetUnsaved(): void {
  edits.clear();
}
