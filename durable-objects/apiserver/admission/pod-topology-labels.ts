/**
 * A pod that gets its node gets that node's zone and region as labels (upstream
 * `plugin/pkg/admission/podtopologylabels`).
 */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Binding, Node, Pod } from '../../../kube/types.ts';
import type { Attributes } from './attributes.ts';
import { changed } from './changed.ts';
import type { Plugin } from './plugin.ts';

const PREFIX = 'topology.kubernetes.io/';
const COPIED = [`${PREFIX}zone`, `${PREFIX}region`];

export const podTopologyLabels: Plugin = {
  name: 'PodTopologyLabels',
  resources: ['pods', 'bindings'],
  mutate(attributes) {
    const { operation, object, reader } = attributes;
    if (operation !== 'CREATE' || !object) return;
    const node = nodeOf(attributes);
    const stored = node ? reader.get(keyOf('nodes', '', node)) : undefined;
    // The text is parsed only when such labels may be in it.
    if (!stored?.text.includes(PREFIX)) return;
    const { labels = {} } = (JSON.parse(stored.text) as Node).metadata;
    const copied = COPIED.filter((key) => labels[key] !== undefined).map((key) => [key, labels[key] as string]);
    if (copied.length === 0) return;
    object.metadata.labels = { ...object.metadata.labels, ...Object.fromEntries(copied) };
    changed(attributes, 'PodTopologyLabels', 'metadata.labels');
  },
};

/** The node of a pod that is made with one, or of a binding. */
function nodeOf({ call, subresource, object, kind }: Attributes): string | undefined {
  if (call.kind.resource === 'pods' && subresource === '') return (object as unknown as Pod).spec?.nodeName;
  if (kind.kind !== 'Binding') return undefined;
  const { target } = object as unknown as Binding;
  return target?.kind && target.kind !== 'Node' ? undefined : target?.name;
}
