/** The range of all pods of a cluster: each node has a /24 of it. */
export const CLUSTER_CIDR = '10.244.0.0/16';

/** The label of simulated nodes, and the key of their taint. */
export const SIMULATED = 'islet.dev/simulated';

export function isSimulated({ metadata: { labels } }: { metadata: { labels?: Record<string, string> } }): boolean {
  return labels?.[SIMULATED] === 'true';
}
