/** The scheduler's plugins in words for people: what helps where a filter fails, and what a score prefers. */

/** By plugin: steps that let a pod pass its filter. */
export const FILTER_ADVICE: Readonly<Record<string, readonly string[]>> = {
  NodeResourcesFit: [
    'The pod asks for more than these nodes have free (kubectl describe node NODE shows what is taken): lower resources.requests of its containers, remove other pods, or add a node.',
  ],
  TaintToleration: [
    'These nodes have taints that keep pods away: give the pod a toleration for them (spec.tolerations), or remove the taint with kubectl taint node NODE KEY-.',
  ],
  NodeUnschedulable: ['These nodes are cordoned: kubectl uncordon NODE lets pods in again.'],
  NodeAffinity: [
    'The pod asks for labels that these nodes do not have (spec.nodeSelector, spec.affinity.nodeAffinity): kubectl get nodes --show-labels shows them, kubectl label node NODE KEY=VALUE sets one.',
  ],
  NodeName: ['The pod names a node in spec.nodeName that is not this one.'],
  NodePorts: [
    'Another pod on these nodes has the same hostPort: one pod of a hostPort fits on a node. A Service needs none.',
  ],
  PodTopologySpread: [
    'One more pod here would make the spread uneven beyond maxSkew (spec.topologySpreadConstraints): add nodes where there are few pods, raise maxSkew, or use whenUnsatisfiable: ScheduleAnyway.',
  ],
  InterPodAffinity: [
    'Rules about other pods are against these nodes (spec.affinity.podAffinity, podAntiAffinity, or those of pods that run there): with anti-affinity, each pod needs a node of its own.',
  ],
  VolumeBinding: [
    'A claim of the pod has no volume that can be used from these nodes: kubectl describe pvc NAME says what the claim waits for.',
  ],
  VolumeZone: ['A volume of the pod is in another zone than these nodes.'],
  VolumeRestrictions: ['A volume of the pod may be used by one pod or node at a time, and is in use.'],
  NodeVolumeLimits: ['These nodes have as many volumes attached as they can.'],
  DynamicResources: [
    'A ResourceClaim of the pod cannot be given devices on these nodes: kubectl get resourceslices shows what they offer.',
  ],
  Extender: [
    'An extender of the scheduler refuses these nodes (extenders in the ConfigMap kube-scheduler of kube-system): its reasons are its own.',
  ],
};

/** By plugin: the nodes that get a high score. */
export const SCORE_MEANING: Readonly<Record<string, string>> = {
  TaintToleration: 'fewer taints that would rather keep the pod away (PreferNoSchedule)',
  NodeAffinity: 'labels that the pod prefers',
  NodeResourcesFit: 'more CPU and memory left after it',
  NodeResourcesBalancedAllocation: 'CPU and memory used in even shares',
  PodTopologySpread: 'fewer pods of its kind in the same zone or on the same node',
  InterPodAffinity: 'pods near that it prefers, and none that it avoids',
  ImageLocality: 'its images are there already',
  VolumeBinding: 'volumes that fit its claims closely',
  DynamicResources: 'devices that it prefers',
};
