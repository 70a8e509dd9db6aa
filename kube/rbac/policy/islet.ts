/** The roles that Islet adds: its administrators, paths that are no resources (`/islet/v1/…`), and metrics. */
import { account, group, type RoleTable, rule, urls } from './table.ts';

/**
 * By the group that they bind, which they are named after, their ClusterRoles: kubeconfigs, as kubeadm binds
 * `kubeadm:cluster-admins`, and the people that a cluster is shared with (`wire/sharing.ts`).
 */
export const GROUP_BINDINGS: Readonly<Record<string, string>> = {
  'islet:cluster-admins': 'cluster-admin',
  'islet:admin': 'cluster-admin',
  'islet:edit': 'edit',
  'islet:view': 'view',
};

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
  // `view` and `edit` are made for namespaces; a person that a whole cluster is shared with sees what it is made of.
  'islet:cluster-viewer': {
    rules: [
      rule('get list watch', 'core', 'componentstatuses nodes persistentvolumes'),
      rule('get list watch', 'apiextensions.k8s.io', 'customresourcedefinitions'),
      rule('get list watch', 'apiregistration.k8s.io', 'apiservices'),
      rule('get list watch', 'networking.k8s.io', 'ingressclasses'),
      rule('get list watch', 'node.k8s.io', 'runtimeclasses'),
      rule('get list watch', 'scheduling.k8s.io', 'priorityclasses'),
      rule('get list watch', 'storage.k8s.io', 'csidrivers csinodes storageclasses volumeattachments'),
      urls('get', '/islet/v1/stats /islet/v1/trace /islet/v1/why'),
    ],
    subjects: [group('islet:view'), group('islet:edit')],
  },
  // The metrics API is Islet's own; metrics-server brings this role with it, as `system:aggregated-metrics-reader`.
  'islet:metrics-reader': {
    aggregateTo: 'view',
    rules: [rule('get list watch', 'metrics.k8s.io', 'nodes pods')],
  },
  // The past shows the objects alone that its reader may read now, and each write of a rewind is authorised by itself.
  'islet:history-reader': {
    rules: [urls('get', '/islet/v1/history /islet/v1/history/*'), urls('post', '/islet/v1/history/rewind')],
    subjects: [group('system:authenticated')],
  },
  // Whether its user may use the proxy of the pod or Service is asked for each.
  'islet:forwarder': {
    rules: [urls('post', '/islet/v1/forwards')],
    subjects: [group('system:authenticated')],
  },
  // Of whose use it tells, the right to the metrics is asked for.
  'islet:usage-reader': {
    rules: [urls('get', '/islet/v1/usage-hour')],
    subjects: [group('system:authenticated')],
  },
  // Each subscription of a socket is authorised by itself.
  'islet:watch-socket': {
    rules: [urls('get', '/islet/v1/socket')],
    subjects: [group('system:authenticated')],
  },
};
