/** The annotation in which `kubectl apply` keeps the manifest that it applied last. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { compactJson } from '../print/json.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The manifest with itself in the annotation. */
export function withLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const bare = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${compactJson(bare)}\n`;
  return { ...bare, metadata: { ...bare.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

export function lastApplied(object: KubeObject): Record<string, unknown> {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

/** Fields without a value: what a client-side apply creates has none. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutNulls(each)])) as T;
}
