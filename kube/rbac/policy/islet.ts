/** The roles that Islet adds: its administrators, paths that are no resources (`/islet/v1/…`), and metrics. */
import { account, group, type RoleTable, rule, urls } from './table.ts';

/** Bound to `cluster-admin`, as kubeadm binds `kubeadm:cluster-admins`. */
export const CLUSTER_ADMINS_BINDING = { name: 'islet:cluster-admins', role: 'cluster-admin' } as const;

export const ISLET: RoleTable = {
  // A join token is traded for a node's, as upstream's `system:node-bootstrapper` asks for a certificate.
  'islet:node-bootstrapper': {
    rules: [urls('post', '/islet/v1/join')],
    subjects: [group('system:bootstrappers')],
  },
  'islet:node-token-renewer': {
    rules: [urls('post', '/islet/v1/renew')],
    subjects: [group('system:nodes')],
  },
  // Makes and taints the nodes that exist in the cluster's object alone, and is the kubelet of each.
  'islet:simulated-nodes': {
    rules: [rule('create patch', 'core', 'nodes'), rule('patch', 'core', 'nodes/status')],
    subjects: [account('simulated-nodes')],
  },
  // Makes volumes that are folders of nodes, as upstream's `system:persistent-volume-provisioner`.
  'islet:local-path-provisioner': {
    rules: [
      rule('create delete get list update watch', 'core', 'persistentvolumes'),
      rule('get list update watch', 'core', 'persistentvolumeclaims'),
      rule('get list watch', 'core', 'nodes'),
      rule('get list watch', 'storage.k8s.io', 'storageclasses'),
      rule('create patch update', 'core events.k8s.io', 'events'),
    ],
    subjects: [account('local-path-provisioner')],
  },
  // The metrics API is Islet's own; metrics-server brings this role with it, as `system:aggregated-metrics-reader`.
  'islet:metrics-reader': {
    aggregateTo: 'view',
    rules: [rule('get list watch', 'metrics.k8s.io', 'nodes pods')],
  },
  // The past shows the objects alone that its reader may read now.
  'islet:history-reader': {
    rules: [urls('get', '/islet/v1/history /islet/v1/history/*')],
    subjects: [group('system:authenticated')],
  },
  // Each subscription of a socket is authorised by itself.
  'islet:watch-socket': {
    rules: [urls('get', '/islet/v1/socket')],
    subjects: [group('system:authenticated')],
  },
};
