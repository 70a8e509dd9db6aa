/**
 * The roles of the controllers of nodes, volumes, certificates and policies. By the name of their service account in
 * kube-system. (upstream `rbac/bootstrappolicy/controller_policy.go`)
 */
import { type ControllerTable, rule } from './table.ts';

export const CLUSTER_CONTROLLERS: ControllerTable = {
  'attachdetach-controller': [
    rule('list watch', 'core', 'persistentvolumeclaims persistentvolumes'),
    rule('get list watch', 'core', 'nodes'),
    rule('patch update', 'core', 'nodes/status'),
    rule('list watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
    rule('create delete get list watch', 'storage.k8s.io', 'volumeattachments'),
    rule('get list watch', 'storage.k8s.io', 'csidrivers'),
    rule('get list watch', 'storage.k8s.io', 'csinodes'),
  ],
  'certificate-controller': [
    rule('delete get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
    rule('update', 'certificates.k8s.io', 'certificatesigningrequests/approval certificatesigningrequests/status'),
    rule('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'),
    rule(
      'sign',
      'certificates.k8s.io',
      'signers',
      'kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown',
    ),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'clusterrole-aggregation-controller': [
    rule('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'device-taint-eviction-controller': [
    rule('delete get list watch', 'core', 'pods'),
    rule('patch update', 'core', 'pods/status'),
    rule('get list watch', 'resource.k8s.io', 'resourceclaims'),
    rule('get list watch', 'resource.k8s.io', 'resourceslices'),
    rule('get list watch', 'resource.k8s.io', 'deviceclasses'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'ephemeral-volume-controller': [
    rule('get list watch', 'core', 'pods'),
    rule('update', 'core', 'pods/finalizers'),
    rule('create get list watch', 'core', 'persistentvolumeclaims'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'expand-controller': [
    rule('get list patch update watch', 'core', 'persistentvolumes'),
    rule('patch update', 'core', 'persistentvolumeclaims/status'),
    rule('get list watch', 'core', 'persistentvolumeclaims'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'legacy-service-account-token-cleaner': [
    rule('get', 'core', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
    rule('delete patch', 'core', 'secrets'),
  ],
  'node-controller': [
    rule('delete get list patch update watch', 'core', 'nodes'),
    rule('patch update', 'core', 'nodes/status'),
    rule('patch update', 'core', 'pods/status'),
    rule('delete get list watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'persistent-volume-binder': [
    rule('create delete get list update watch', 'core', 'persistentvolumes'),
    rule('update', 'core', 'persistentvolumes/status'),
    rule('get list update watch', 'core', 'persistentvolumeclaims'),
    rule('update', 'core', 'persistentvolumeclaims/status'),
    rule('create delete get list watch', 'core', 'pods'),
    rule('get list watch', 'storage.k8s.io', 'storageclasses'),
    rule('list watch', 'core', 'nodes'),
    rule('create patch update', 'core events.k8s.io', 'events'),
    rule('watch', 'core', 'events'),
  ],
  'pv-protection-controller': [
    rule('get list update watch', 'core', 'persistentvolumes'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'pvc-protection-controller': [
    rule('get list update watch', 'core', 'persistentvolumeclaims'),
    rule('update', 'core', 'persistentvolumeclaims/status'),
    rule('get list watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'resource-claim-controller': [
    rule('get list watch', 'core', 'pods'),
    rule('update', 'core', 'pods/finalizers'),
    rule('create delete get list watch', 'resource.k8s.io', 'resourceclaims'),
    rule('patch update', 'resource.k8s.io', 'resourceclaims resourceclaims/status'),
    rule('patch update', 'core', 'pods/status'),
    rule('create patch update', 'core events.k8s.io', 'events'),
    rule('patch update', 'resource.k8s.io', 'resourceclaims/binding'),
  ],
  'resourcequota-controller': [
    rule('list watch', '*', '*'),
    rule('update', 'core', 'resourcequotas/status'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'route-controller': [
    rule('list watch', 'core', 'nodes'),
    rule('patch', 'core', 'nodes/status'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'selinux-warning-controller': [
    rule('create patch update', 'core events.k8s.io', 'events'),
    rule('get list watch', 'core', 'persistentvolumes'),
    rule('get list watch', 'core', 'persistentvolumeclaims'),
    rule('get list watch', 'core', 'pods'),
    rule('get list watch', 'storage.k8s.io', 'csidrivers'),
  ],
  'service-cidrs-controller': [
    rule('get list patch update watch', 'networking.k8s.io', 'servicecidrs'),
    rule('patch update', 'networking.k8s.io', 'servicecidrs/finalizers'),
    rule('patch update', 'networking.k8s.io', 'servicecidrs/status'),
    rule('get list watch', 'networking.k8s.io', 'ipaddresses'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'service-controller': [
    rule('get list watch', 'core', 'services'),
    rule('patch update', 'core', 'services/status'),
    rule('list watch', 'core', 'nodes'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'ttl-controller': [
    rule('list patch update watch', 'core', 'nodes'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'validatingadmissionpolicy-status-controller': [
    rule('get list watch', 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
    rule('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'volumeattributesclass-protection-controller': [
    rule('get list watch', 'core', 'persistentvolumeclaims'),
    rule('get list watch', 'core', 'persistentvolumes'),
    rule('get list update watch', 'storage.k8s.io', 'volumeattributesclasses'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
};
