/** Default, least and most resources of a namespace's pods and claims (upstream `plugin/pkg/admission/limitranger`). */
import {
  claimViolations,
  podViolations,
  setLimitRangeDefaults,
} from '../../../kube/kinds/core/limits/limit-range-rules.ts';
import type { LimitRange, PersistentVolumeClaim, Pod } from '../../../kube/types.ts';
import type { Attributes } from './attributes.ts';
import { changed } from './changed.ts';
import { type Plugin, refuse } from './plugin.ts';

const NONE: readonly LimitRange[] = [];

export const limitRanger: Plugin = {
  name: 'LimitRanger',
  resources: ['pods', 'persistentvolumeclaims'],
  mutate(attributes) {
    const { call, object } = attributes;
    if (call.kind.resource !== 'pods') return;
    let isChanged = false;
    for (const range of rangesFor(attributes)) {
      isChanged = setLimitRangeDefaults(object as unknown as Pod, range) || isChanged;
    }
    // Upstream applies defaults once more as it reads what it has stored: those of the pod follow its containers'.
    if (isChanged) changed(attributes, 'LimitRanger', 'spec.containers.resources');
    if (isChanged && object) call.kind.strategy.applyDefaults?.(object);
  },
  validate(attributes) {
    const isOfPod = attributes.call.kind.resource === 'pods';
    for (const range of rangesFor(attributes)) {
      const found = isOfPod
        ? podViolations(attributes.object as unknown as Pod, range)
        : claimViolations(attributes.object as unknown as PersistentVolumeClaim, range);
      if (found.length === 0) continue;
      // Equal texts are given once, as upstream's aggregate does.
      const [first = '', ...others] = new Set(found);
      throw refuse(attributes, others.length === 0 ? first : `[${[first, ...others].join(', ')}]`);
    }
  },
};

/** The ranges of the namespace, where the request is one that they are for. */
function rangesFor({ call, operation, subresource, namespace, oldObject }: Attributes): readonly LimitRange[] {
  if (!isConcerned(call.kind.resource, operation, subresource) || oldObject?.metadata.deletionTimestamp) return NONE;
  return call.server.limitRanges.of(namespace);
}

function isConcerned(resource: string, operation: Attributes['operation'], subresource: string): boolean {
  // Of a pod that is there, only a resize changes the resources.
  if (resource === 'pods') return operation === (subresource === 'resize' ? 'UPDATE' : subresource === '' && 'CREATE');
  return (
    resource === 'persistentvolumeclaims' && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE')
  );
}
