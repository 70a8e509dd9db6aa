/** The default among classes, which an annotation marks (upstream `pkg/volume/util/storageclass.go` GetDefaultClass). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type GroupResource, keyPrefix } from '../../../kube/machinery/resource.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import type { StoreReader } from '../../store/store.ts';

/** Of several the newest, and of several newest the first by name; undefined when there is none. */
export function defaultClass(
  reader: StoreReader,
  resource: GroupResource,
  annotations: readonly string[],
): string | undefined {
  const classes = reader
    .list({ prefix: keyPrefix(resource) })
    .items.filter(({ text }) => annotations.some((annotation) => text.includes(annotation)))
    .map(({ text }) => (JSON.parse(text) as KubeObject).metadata)
    .filter((metadata) => annotations.some((annotation) => metadata.annotations?.[annotation] === 'true'))
    .map(({ name = '', creationTimestamp }) => ({ name, created: timeOf(creationTimestamp) }))
    .sort((a, b) => b.created - a.created || (a.name < b.name ? -1 : 1));
  return classes[0]?.name;
}
