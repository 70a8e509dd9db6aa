/**
 * PodResizeValidator and NodeDeclaredFeatureValidator (upstream `plugin/pkg/admission/{podresize,nodedeclaredfeatures}`):
 * a pod grows within what its node has, by means that its node declares.
 */
import { sameJson } from '../../../kube/machinery/equality.ts';
import { milliOf, unitsOf } from '../../../kube/machinery/quantity.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { podRequests } from '../../../kube/scheduling/requests.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import type { Attributes } from './attributes.ts';
import { type Plugin, refuse } from './plugin.ts';

const OS = 'kubernetes.io/os';

export const nodeDeclaredFeatureValidator: Plugin = {
  name: 'NodeDeclaredFeatureValidator',
  resources: ['pods'],
  validate(attributes) {
    const changed = changedPod(attributes, ['', 'resize']);
    const features = changed ? featuresNeeded(changed.pod, changed.old) : [];
    if (!changed || features.length === 0) return;
    const { metadata, status } = nodeOf(changed.pod, attributes);
    const lacking = features.filter((feature) => !status?.declaredFeatures?.includes(feature));
    if (lacking.length === 0) return;
    const which = `${lacking.join(', ')} which are not available on node ${JSON.stringify(metadata.name)}`;
    throw refuse(attributes, `pod update requires features ${which}`);
  },
};

export const podResizeValidator: Plugin = {
  name: 'PodResizeValidator',
  resources: ['pods'],
  validate(attributes) {
    const changed = changedPod(attributes, ['resize']);
    if (!changed) return;
    const { metadata, status } = nodeOf(changed.pod, attributes);
    const os = metadata.labels?.[OS];
    if (os !== undefined && os !== 'linux') {
      const why = `pod resize is only supported on linux nodes, node ${JSON.stringify(metadata.name)} is ${JSON.stringify(os)}`;
      throw refuse(attributes, why, [{ reason: 'UnsupportedPlatform' }]);
    }
    const { cpu = 0, memory = 0 } = podRequests(changed.pod);
    const has = { cpu: milliOf(status?.allocatable?.cpu), memory: unitsOf(status?.allocatable?.memory) };
    const short = [
      ...(cpu > has.cpu ? [`cpu, requested: ${cpu}, allocatable: ${has.cpu}`] : []),
      ...(memory > has.memory ? [`memory, requested: ${memory}, allocatable: ${has.memory}`] : []),
    ];
    if (short.length === 0) return;
    const why = `node didn't have enough allocatable resources: ${short.join('; ')}`;
    throw refuse(attributes, why, [{ reason: 'NodeCapacity' }]);
  },
};

/** A pod of a node whose spec has changed. */
function changedPod(
  { call, operation, subresource, object, oldObject }: Attributes,
  subresources: readonly string[],
): { pod: Pod; old: Pod } | undefined {
  if (operation !== 'UPDATE' || call.kind.resource !== 'pods' || !subresources.includes(subresource)) return undefined;
  const [pod, old] = [object, oldObject] as unknown as [Pod, Pod | undefined];
  if (!pod.spec?.nodeName || !old || old.metadata.generation === pod.metadata.generation) return undefined;
  return { pod, old };
}

function nodeOf({ spec }: Pod, attributes: Attributes): Node {
  const name = spec?.nodeName ?? '';
  const stored = attributes.reader.get(keyOf('nodes', '', name));
  if (!stored) throw refuse(attributes, `node ${JSON.stringify(name)} not found`);
  return JSON.parse(stored.text) as Node;
}

/** component-helpers `nodedeclaredfeatures/features/inplacepodresize` */
function featuresNeeded({ spec }: Pod, { spec: old }: Pod): string[] {
  const needed: string[] = [];
  if (!sameJson(spec?.resources, old?.resources)) needed.push('InPlacePodLevelResourcesVerticalScaling');
  const isInitResized = (old?.initContainers ?? []).some(
    ({ restartPolicy, resources }, i) =>
      restartPolicy !== 'Always' && !sameJson(resources, spec?.initContainers?.[i]?.resources),
  );
  return isInitResized ? [...needed, 'InPlacePodVerticalScalingInitContainers'] : needed;
}
