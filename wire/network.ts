/** The range of all pods of a cluster: each node has a /24 of it. */
export const CLUSTER_CIDR = '10.244.0.0/16';
