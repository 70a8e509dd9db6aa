import { stringify } from 'yaml';
import type { KubeObject } from '../../../kube/machinery/object.ts';

/** The object as `kubectl get -o yaml` shows it: without managedFields. */
export function YamlView({ object }: { object: KubeObject }) {
  const { managedFields: _, ...metadata } = object.metadata;
  return <pre>{stringify({ ...object, metadata }, { lineWidth: 0 })}</pre>;
}
