/** The scheduler's plugins in words for people: what helps where a filter fails. The dashboard has them in Chinese, too. */

export const ADVICE_WORDS = {
  claimMissing:
    'The pod uses a PersistentVolumeClaim that is not there: kubectl get pvc shows those of its namespace. Once it is made, the pod is tried again.',
  tooManyPods:
    'These nodes run as many pods as they may, however small (pods in kubectl describe node NODE): remove pods, or add a node.',
  notOffered:
    'These nodes do not offer as many of this resource as the pod asks for, pods or none: kubectl describe node NODE shows what they offer (Allocatable). A device plugin on the node adds it; on a simulated node, npx islet nodes set NODE --capacity NAME=2 does.',
  tooLarge:
    'The pod asks for more than these nodes have even when they are empty, so removing other pods does not help: lower resources.requests of its containers, or add a larger node.',
  noneFree:
    'The pod asks for more than these nodes have free (kubectl describe node NODE shows what is taken): lower resources.requests of its containers, remove other pods, or add a node.',
  notReady:
    'These nodes are not ready: kubectl describe node NODE says why. Their taint goes by itself once they are; taken away by hand, it is put back.',
  pressure:
    'These nodes are in trouble (Conditions in kubectl describe node NODE): their taint goes by itself once that is over; taken away by hand, it is put back.',
  cordoned: 'These nodes are cordoned: kubectl uncordon NODE lets pods in again.',
  simulated: 'These nodes are simulated, and pods go to the machines that have joined the cluster, once there is one.',
  taints:
    'These nodes have taints that keep pods away: give the pod a toleration for them (spec.tolerations), or remove the taint with kubectl taint node NODE KEY-.',
  affinityByName:
    'The pod asks for its node by name (matchFields on metadata.name in spec.affinity.nodeAffinity, as pods of a DaemonSet do), and these are others: kubectl get nodes shows their names.',
  affinityLabels:
    'The pod asks for labels that these nodes do not have (spec.nodeSelector, spec.affinity.nodeAffinity): kubectl get nodes --show-labels shows them, kubectl label node NODE KEY=VALUE sets one.',
  nodeName: 'The pod names a node in spec.nodeName that is not this one.',
  hostPort:
    'Another pod on these nodes has the same hostPort: one pod of a hostPort fits on a node. A Service needs none.',
  spreadLabel:
    'These nodes do not have the label that the pod is to be spread by (topologyKey in spec.topologySpreadConstraints): kubectl label node NODE KEY=VALUE sets it.',
  spread:
    'One more pod here would make the spread uneven beyond maxSkew (spec.topologySpreadConstraints): add nodes where there are few pods, raise maxSkew, or use whenUnsatisfiable: ScheduleAnyway.',
  affinityNone:
    'The pod wants to be near other pods (spec.affinity.podAffinity), and none of those runs near these nodes: kubectl get pods -l KEY=VALUE with the labels of its rule shows whether there are any.',
  antiAffinityOfOthers:
    'A pod that runs on or near these nodes keeps pods with the labels of this one away (its spec.affinity.podAntiAffinity): remove that one, change a label, or add a node.',
  antiAffinity:
    'The pod keeps away from pods that run on or near these nodes (spec.affinity.podAntiAffinity): each needs a node, or a zone, of its own. Add one, or prefer the rule (preferredDuringScheduling…) rather than require it.',
  claimLost:
    'A claim of the pod is being deleted, or has lost its volume: make another claim, and the pod anew with it.',
  claimUnbound:
    'A claim of the pod has no volume yet: kubectl describe pvc NAME says what it waits for; kubectl get storageclass and kubectl get pv show what there is to choose from.',
  volumeElsewhere:
    'A volume of the pod is on another node than these, and the pod can only run there: kubectl describe pv NAME says where (Node Affinity).',
  volumeUnusable:
    'A claim of the pod has no volume that can be used from these nodes: kubectl describe pvc NAME says what the claim waits for.',
  volumeZone: 'A volume of the pod is in another zone than these nodes.',
  volumeExclusive: 'A volume of the pod may be used by one pod or node at a time, and is in use.',
  volumeLimits: 'These nodes have as many volumes attached as they can.',
  features: 'The pod needs something of its kubelet that these nodes do not say they can do.',
  devicesMissing:
    'A ResourceClaim of the pod, or its template or device class, is not there: kubectl get resourceclaims,resourceclaimtemplates and kubectl get deviceclasses show those that are. Once it is made, the pod is tried again.',
  devices:
    'A ResourceClaim of the pod cannot be given devices on these nodes: kubectl get resourceslices shows what they offer.',
  extender:
    'An extender of the scheduler refuses these nodes (extenders in the ConfigMap kube-scheduler of kube-system): its reasons are its own.',
} as const;

/** More about a reason: amounts. */
export const DETAIL_WORDS = {
  asks: 'asks for {asked}, {free} of {all} are free',
  pods: '{used} of {all} are there',
} as const;
