/** The describer of each kind, by group and kind. */
import { autoscaler } from './autoscaler.ts';
import {
  configMap,
  disruptionBudget,
  limitRange,
  namespace,
  priorityClass,
  quota,
  secret,
  serviceAccount,
} from './config.ts';
import type { Describer } from './describer.ts';
import { generic } from './generic.ts';
import { cronJob, job } from './jobs.ts';
import { endpointSlice, ingress, service } from './network.ts';
import { networkPolicy } from './network-policy.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { binding, role } from './rbac.ts';
import { claim, storageClass, volume } from './storage.ts';
import { daemonSet, deployment, replicaSet, replicationController, statefulSet } from './workloads.ts';

const DESCRIBERS = {
  Pod: pod,
  Node: node,
  Service: service,
  ConfigMap: configMap,
  Secret: secret,
  ServiceAccount: serviceAccount,
  Namespace: namespace,
  ResourceQuota: quota,
  LimitRange: limitRange,
  PersistentVolume: volume,
  PersistentVolumeClaim: claim,
  ReplicationController: replicationController,
  'Deployment.apps': deployment,
  'ReplicaSet.apps': replicaSet,
  'StatefulSet.apps': statefulSet,
  'DaemonSet.apps': daemonSet,
  'Job.batch': job,
  'CronJob.batch': cronJob,
  'HorizontalPodAutoscaler.autoscaling': autoscaler,
  'Ingress.networking.k8s.io': ingress,
  'NetworkPolicy.networking.k8s.io': networkPolicy,
  'EndpointSlice.discovery.k8s.io': endpointSlice,
  'PodDisruptionBudget.policy': disruptionBudget,
  'Role.rbac.authorization.k8s.io': role,
  'ClusterRole.rbac.authorization.k8s.io': role,
  'RoleBinding.rbac.authorization.k8s.io': binding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': binding,
  'StorageClass.storage.k8s.io': storageClass,
  'PriorityClass.scheduling.k8s.io': priorityClass,
} as unknown as Readonly<Record<string, Describer>>;

export function describerOf({ group, kind }: { group: string; kind: string }): Describer {
  return DESCRIBERS[group === '' ? kind : `${kind}.${group}`] ?? generic;
}
