/**
 * The roles of the controllers of workloads, and of what serves them. By the name of their service account in
 * kube-system. (upstream `rbac/bootstrappolicy/controller_policy.go`)
 */
import { type ControllerTable, rule } from './table.ts';

export const WORKLOAD_CONTROLLERS: ControllerTable = {
  'cronjob-controller': [
    rule('get list update watch', 'batch', 'cronjobs'),
    rule('create delete get list patch update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'cronjobs/status'),
    rule('update', 'batch', 'cronjobs/finalizers'),
    rule('delete list watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'daemon-set-controller': [
    rule('get list watch', 'apps extensions', 'daemonsets'),
    rule('update', 'apps extensions', 'daemonsets/status'),
    rule('update', 'apps extensions', 'daemonsets/finalizers'),
    rule('list watch', 'core', 'nodes'),
    rule('create delete list patch watch', 'core', 'pods'),
    rule('create', 'core', 'pods/binding'),
    rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'deployment-controller': [
    rule('get list update watch', 'apps extensions', 'deployments'),
    rule('update', 'apps extensions', 'deployments/status'),
    rule('update', 'apps extensions', 'deployments/finalizers'),
    rule('create delete get list patch update watch', 'apps extensions', 'replicasets'),
    rule('get list update watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'disruption-controller': [
    rule('get list watch', 'apps extensions', 'deployments'),
    rule('get list watch', 'apps extensions', 'replicasets'),
    rule('get list watch', 'core', 'replicationcontrollers'),
    rule('get list watch', 'policy', 'poddisruptionbudgets'),
    rule('get list watch', 'apps', 'statefulsets'),
    rule('update', 'policy', 'poddisruptionbudgets/status'),
    rule('patch update', 'core', 'pods/status'),
    rule('get', '*', '*/scale'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'endpoint-controller': [
    rule('get list watch', 'core', 'pods services'),
    rule('create delete get list update watch', 'core', 'endpoints'),
    rule('create', 'core', 'endpoints/restricted'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'endpointslice-controller': [
    rule('get list watch', 'core', 'nodes pods services'),
    rule('update', 'core', 'services/finalizers'),
    rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'endpointslicemirroring-controller': [
    rule('get list watch', 'core', 'endpoints services'),
    rule('update', 'core', 'services/finalizers'),
    rule('update', 'core', 'endpoints/finalizers'),
    rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'generic-garbage-collector': [
    rule('delete get list patch update watch', '*', '*'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'horizontal-pod-autoscaler': [
    rule('get list watch', 'autoscaling', 'horizontalpodautoscalers'),
    rule('update', 'autoscaling', 'horizontalpodautoscalers/status'),
    rule('get update', '*', '*/scale'),
    rule('list watch', 'core', 'pods'),
    rule('list watch', 'metrics.k8s.io', 'pods'),
    rule('get list watch', 'custom.metrics.k8s.io', '*'),
    rule('get list watch', 'external.metrics.k8s.io', '*'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'job-controller': [
    rule('get list patch update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'jobs/status'),
    rule('update', 'batch', 'jobs/finalizers'),
    rule('create delete list patch watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'namespace-controller': [
    rule('delete get list watch', 'core', 'namespaces'),
    rule('update', 'core', 'namespaces/finalize namespaces/status'),
    rule('delete deletecollection get list watch', '*', '*'),
  ],
  'pod-garbage-collector': [
    rule('delete list watch', 'core', 'pods'),
    rule('get list watch', 'core', 'nodes'),
    rule('patch', 'core', 'pods/status'),
  ],
  'replicaset-controller': [
    rule('get list update watch', 'apps extensions', 'replicasets'),
    rule('update', 'apps extensions', 'replicasets/status'),
    rule('update', 'apps extensions', 'replicasets/finalizers'),
    rule('create delete list patch watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'replication-controller': [
    rule('get list update watch', 'core', 'replicationcontrollers'),
    rule('update', 'core', 'replicationcontrollers/status'),
    rule('update', 'core', 'replicationcontrollers/finalizers'),
    rule('create delete list patch watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'root-ca-cert-publisher': [
    rule('create update', 'core', 'configmaps'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'service-account-controller': [
    rule('create', 'core', 'serviceaccounts'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'statefulset-controller': [
    rule('list watch', 'core', 'pods'),
    rule('get list watch', 'apps', 'statefulsets'),
    rule('update', 'apps', 'statefulsets/status'),
    rule('update', 'apps', 'statefulsets/finalizers'),
    rule('create delete get patch update', 'core', 'pods'),
    rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
    rule('create get list watch', 'core', 'persistentvolumeclaims'),
    rule('delete update', 'core', 'persistentvolumeclaims'),
    rule('update', 'core', 'pods/finalizers'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'ttl-after-finished-controller': [
    rule('delete get list watch', 'batch', 'jobs'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
};
