/** The scheduler's plugins in words for people: what helps where a filter fails. */

/** A plugin's no, to one node or to the pod as a whole. */
export interface Refusal {
  filter?: string;
  reasons?: readonly string[];
  /** More about each reason. */
  details?: readonly string[];
  /** Removing other pods could not help. */
  unresolvable?: boolean;
}

interface Advice {
  /** Only for reasons with these words; left out: for all that no earlier one is for. */
  when?: RegExp;
  /** Only for details with these words. */
  about?: RegExp;
  /** Only where removing other pods could not help. */
  unresolvable?: true;
  text: string;
}

/** Whichever plugin looks at the pod's claims first says it. */
const CLAIM_MISSING: Advice = {
  when: /^persistentvolumeclaim .* not found/,
  text: 'The pod uses a PersistentVolumeClaim that is not there: kubectl get pvc shows those of its namespace. Once it is made, the pod is tried again.',
};

/** By plugin: steps that let a pod pass its filter. The first that fits a reason counts. */
const FILTER_ADVICE: Readonly<Record<string, readonly Advice[]>> = {
  NodeResourcesFit: [
    {
      when: /^Too many pods/,
      text: 'These nodes run as many pods as they may, however small (pods in kubectl describe node NODE): remove pods, or add a node.',
    },
    {
      when: /^Insufficient .*\//,
      unresolvable: true,
      text: 'These nodes do not offer as many of this resource as the pod asks for, pods or none: kubectl describe node NODE shows what they offer (Allocatable). A device plugin on the node adds it; on a simulated node, npx islet nodes set NODE --capacity NAME=2 does.',
    },
    {
      unresolvable: true,
      text: 'The pod asks for more than these nodes have even when they are empty, so removing other pods does not help: lower resources.requests of its containers, or add a larger node.',
    },
    {
      text: 'The pod asks for more than these nodes have free (kubectl describe node NODE shows what is taken): lower resources.requests of its containers, remove other pods, or add a node.',
    },
  ],
  TaintToleration: [
    {
      about: /^node\.kubernetes\.io\/(not-ready|unreachable)/,
      text: 'These nodes are not ready: kubectl describe node NODE says why. Their taint goes by itself once they are; taken away by hand, it is put back.',
    },
    {
      about: /^node\.kubernetes\.io\/[a-z]+-(pressure|unavailable)/,
      text: 'These nodes are in trouble (Conditions in kubectl describe node NODE): their taint goes by itself once that is over; taken away by hand, it is put back.',
    },
    {
      about: /^node\.kubernetes\.io\/unschedulable/,
      text: 'These nodes are cordoned: kubectl uncordon NODE lets pods in again.',
    },
    {
      about: /^islet\.dev\/simulated/,
      text: 'These nodes are simulated, and pods go to the machines that have joined the cluster, once there is one.',
    },
    {
      text: 'These nodes have taints that keep pods away: give the pod a toleration for them (spec.tolerations), or remove the taint with kubectl taint node NODE KEY-.',
    },
  ],
  NodeUnschedulable: [{ text: 'These nodes are cordoned: kubectl uncordon NODE lets pods in again.' }],
  NodeAffinity: [
    {
      when: /^node\(s\) didn't satisfy plugin/,
      text: 'The pod asks for its node by name (matchFields on metadata.name in spec.affinity.nodeAffinity, as pods of a DaemonSet do), and these are others: kubectl get nodes shows their names.',
    },
    {
      text: 'The pod asks for labels that these nodes do not have (spec.nodeSelector, spec.affinity.nodeAffinity): kubectl get nodes --show-labels shows them, kubectl label node NODE KEY=VALUE sets one.',
    },
  ],
  NodeName: [{ text: 'The pod names a node in spec.nodeName that is not this one.' }],
  NodePorts: [
    {
      text: 'Another pod on these nodes has the same hostPort: one pod of a hostPort fits on a node. A Service needs none.',
    },
  ],
  PodTopologySpread: [
    {
      when: /missing required label/,
      text: 'These nodes do not have the label that the pod is to be spread by (topologyKey in spec.topologySpreadConstraints): kubectl label node NODE KEY=VALUE sets it.',
    },
    {
      text: 'One more pod here would make the spread uneven beyond maxSkew (spec.topologySpreadConstraints): add nodes where there are few pods, raise maxSkew, or use whenUnsatisfiable: ScheduleAnyway.',
    },
  ],
  InterPodAffinity: [
    {
      when: /didn't match pod affinity rules/,
      text: 'The pod wants to be near other pods (spec.affinity.podAffinity), and none of those runs near these nodes: kubectl get pods -l KEY=VALUE with the labels of its rule shows whether there are any.',
    },
    {
      when: /existing pods anti-affinity/,
      text: 'A pod that runs on or near these nodes keeps pods with the labels of this one away (its spec.affinity.podAntiAffinity): remove that one, change a label, or add a node.',
    },
    {
      text: 'The pod keeps away from pods that run on or near these nodes (spec.affinity.podAntiAffinity): each needs a node, or a zone, of its own. Add one, or prefer the rule (preferredDuringScheduling…) rather than require it.',
    },
  ],
  VolumeBinding: [
    CLAIM_MISSING,
    {
      when: /is being deleted|lost|bound to non-existent/,
      text: 'A claim of the pod is being deleted, or has lost its volume: make another claim, and the pod anew with it.',
    },
    {
      when: /unbound immediate/,
      text: 'A claim of the pod has no volume yet: kubectl describe pvc NAME says what it waits for; kubectl get storageclass and kubectl get pv show what there is to choose from.',
    },
    {
      when: /PersistentVolume's node affinity/,
      text: 'A volume of the pod is on another node than these, and the pod can only run there: kubectl describe pv NAME says where (Node Affinity).',
    },
    {
      text: 'A claim of the pod has no volume that can be used from these nodes: kubectl describe pvc NAME says what the claim waits for.',
    },
  ],
  VolumeZone: [CLAIM_MISSING, { text: 'A volume of the pod is in another zone than these nodes.' }],
  VolumeRestrictions: [
    CLAIM_MISSING,
    { text: 'A volume of the pod may be used by one pod or node at a time, and is in use.' },
  ],
  NodeVolumeLimits: [CLAIM_MISSING, { text: 'These nodes have as many volumes attached as they can.' }],
  NodeDeclaredFeatures: [{ text: 'The pod needs something of its kubelet that these nodes do not say they can do.' }],
  DynamicResources: [
    {
      when: /not found|could not find|must specify|does not exist|being deleted|not created/,
      text: 'A ResourceClaim of the pod, or its template or device class, is not there: kubectl get resourceclaims,resourceclaimtemplates and kubectl get deviceclasses show those that are. Once it is made, the pod is tried again.',
    },
    {
      text: 'A ResourceClaim of the pod cannot be given devices on these nodes: kubectl get resourceslices shows what they offer.',
    },
  ],
  Extender: [
    {
      text: 'An extender of the scheduler refuses these nodes (extenders in the ConfigMap kube-scheduler of kube-system): its reasons are its own.',
    },
  ],
};

/** Names of nodes before a step; a large cluster has many, and not each of them is told of. */
const MAX_NAMES = 3;

/** The steps that help, each once; where there are several, behind the nodes that each is about. */
export function adviceFor(refusals: Iterable<Refusal & { node?: string }>): string[] {
  const steps = new Map<string, Set<string>>();
  for (const { node, filter = '', reasons = [], details = [], unresolvable = false } of refusals) {
    for (const [at, reason] of reasons.entries()) {
      const fits = FILTER_ADVICE[filter]?.find(
        (advice) =>
          (advice.when?.test(reason) ?? true) &&
          (advice.about?.test(details[at] ?? '') ?? true) &&
          (unresolvable || !advice.unresolvable),
      );
      if (!fits) continue;
      const nodes = steps.get(fits.text) ?? new Set();
      if (node) nodes.add(node);
      steps.set(fits.text, nodes);
    }
  }
  if (steps.size < 2) return [...steps.keys()];
  return [...steps].map(([text, nodes]) => (nodes.size > 0 ? `${namesOf([...nodes])}: ${text}` : text));
}

function namesOf(nodes: readonly string[]): string {
  const more = nodes.length - MAX_NAMES;
  return more > 1 ? `${nodes.slice(0, MAX_NAMES).join(', ')} and others` : nodes.join(', ');
}
