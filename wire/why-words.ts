/** The scheduler's words about a pod, in English; the dashboard has Chinese ones, too. `{when}` is empty or `decided`. */

export const HEADLINES = {
  gated: 'pod {pod} waits at its scheduling gates: {gates}',
  gatedNext: 'Whoever set them removes them from spec.schedulingGates; until then the scheduler does not look at it.',
  foreign: 'pod {pod} is left to the scheduler {scheduler}, which is not Islet’s',
  foreignNext: 'Start that scheduler, or make the pod anew without spec.schedulerName.',
  off: 'pod {pod} waits for a scheduler of yours: this cluster was created without one',
  held: 'pod {pod} is kept from the scheduler’s queue by {plugin}: {reasons}',
  heldNext: 'It is tried as soon as that has changed.',
  nodeMissing: 'pod {pod} is on {node}, which is not there',
  nodeMissingNext:
    'Pods of a node that is gone are deleted after 40 s. A new pod without spec.nodeName gets a node that is there.',
  named: 'pod {pod} is on {node}: spec.nodeName said so when it was made, so the scheduler was not asked',
  on: 'pod {pod} is on {node}',
  onNominated:
    'pod {pod} is on {node}: it was kept for this node, where room or a volume was made for it, so no other was looked at{when}',
  onOnly: 'pod {pod} is on {node}: it is the only node{when}',
  onOnlyPassed: 'pod {pod} is on {node}: of {nodes} nodes it is the only one that passed all filters{when}',
  onBest: 'pod {pod} is on {node}: {passed} of {nodes} nodes passed all filters, and it had the highest score{when}',
  onChance:
    'pod {pod} is on {node}: {passed} of {nodes} nodes passed all filters, {equal} share the highest score, and one of those is taken by chance{when}',
  unplaced: 'pod {pod} has no node{when}',
  said: '{text}',
  waits: 'pod {pod} waits for its turn: the scheduler has not decided yet',
  waitsNext: 'Ask again in a moment.',
  forgotten: 'The decision is no longer kept: of the last few hundred, those that fit into 256 KB are.',
} as const;

/** The next step where no node's filter says it. */
export const OTHER_ADVICE = {
  noNodes:
    'The cluster has no node: npx islet nodes add 1 adds a simulated one, and npx islet join makes a machine one.',
  broken:
    'Something went wrong that the nodes are not to blame for, and the pod is tried again by itself in a few seconds. An address in the message is an extender’s (ConfigMap kube-scheduler of kube-system): start it, take it out there, or say ignorable: true.',
} as const;

/** The nodes that a plugin gives a high score. */
export const PREFERENCES = {
  leastAllocated: 'more CPU and memory left after it',
  mostAllocated: 'less CPU and memory left after it: nodes are filled one after the other',
  ratio: 'CPU and memory used as much as the shape of the profile asks for',
  balanced: 'CPU and memory used in even shares',
  devices: 'devices that it prefers',
  images: 'its images are there already',
  podsNear: 'pods near that it prefers, and none that it avoids',
  labels: 'labels that the pod prefers',
  spread: 'fewer pods of its kind in the same zone or on the same node',
  taints: 'fewer taints that would rather keep the pod away (PreferNoSchedule)',
  volumes: 'volumes that fit its claims closely',
  own: 'a plugin of your own',
  extender: 'the extender at this address',
} as const;
