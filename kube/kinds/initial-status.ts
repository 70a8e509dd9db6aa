import type { KubeObject } from '../machinery/object.ts';

/** A `prepareForCreate` that gives new objects the status upstream prints for them: zeros that are never left out. */
export function withStatus(status: Readonly<Record<string, unknown>> = {}): (object: KubeObject) => void {
  return (object) => {
    object.status = structuredClone(status);
  };
}
