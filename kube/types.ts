/**
 * The built-in kinds as TypeScript types, in their wire form (times as text).
 * Types only: nothing of `@kubernetes/client-node` is loaded at run time.
 */
import type * as k from '@kubernetes/client-node';

/** A client-node model class as the JSON it stands for. */
export type Wire<T> = T extends Date
  ? string
  : T extends (infer U)[]
    ? Wire<U>[]
    : T extends object
      ? { [P in keyof T as P extends string ? P : never]: Wire<T[P]> }
      : T;

type Kind<T> = Wire<Omit<T, 'apiVersion' | 'kind' | 'metadata'>> & {
  apiVersion: string;
  kind: string;
  metadata: import('./machinery/object.ts').ObjectMeta;
};

export type Pod = Kind<k.V1Pod>;
export type PodSpec = Wire<k.V1PodSpec>;
export type PodStatus = Wire<k.V1PodStatus>;
export type PodTemplateSpec = Wire<k.V1PodTemplateSpec>;
export type PodCondition = Wire<k.V1PodCondition>;
export type Container = Wire<k.V1Container>;
export type EphemeralContainer = Wire<k.V1EphemeralContainer>;
export type ContainerStatus = Wire<k.V1ContainerStatus>;
export type ContainerState = Wire<k.V1ContainerState>;
export type Toleration = Wire<k.V1Toleration>;
export type Taint = Wire<k.V1Taint>;
export type Node = Kind<k.V1Node>;
export type NodeCondition = Wire<k.V1NodeCondition>;
export type Namespace = Kind<k.V1Namespace>;
export type Service = Kind<k.V1Service>;
export type ServiceAccount = Kind<k.V1ServiceAccount>;
export type ConfigMap = Kind<k.V1ConfigMap>;
export type Secret = Kind<k.V1Secret>;
export type Event = Kind<k.CoreV1Event>;
export type EndpointSlice = Kind<k.V1EndpointSlice>;
export type Endpoint = Wire<k.V1Endpoint>;
export type Deployment = Kind<k.V1Deployment>;
export type ReplicaSet = Kind<k.V1ReplicaSet>;
export type Lease = Kind<k.V1Lease>;
export type Binding = Kind<k.V1Binding>;
export type LabelSelector = Wire<k.V1LabelSelector>;
export type StatefulSet = Kind<k.V1StatefulSet>;
export type DaemonSet = Kind<k.V1DaemonSet>;
export type ControllerRevision = Kind<k.V1ControllerRevision>;
export type ReplicationController = Kind<k.V1ReplicationController>;
export type PodTemplate = Kind<k.V1PodTemplate>;
export type Job = Kind<k.V1Job>;
export type CronJob = Kind<k.V1CronJob>;
export type Endpoints = Kind<k.V1Endpoints>;
export type PersistentVolume = Kind<k.V1PersistentVolume>;
export type PersistentVolumeClaim = Kind<k.V1PersistentVolumeClaim>;
export type LimitRange = Kind<k.V1LimitRange>;
export type ResourceQuota = Kind<k.V1ResourceQuota>;
export type ComponentStatus = Kind<k.V1ComponentStatus>;
export type Ingress = Kind<k.V1Ingress>;
export type IngressClass = Kind<k.V1IngressClass>;
export type NetworkPolicy = Kind<k.V1NetworkPolicy>;
export type IPAddress = Kind<k.V1IPAddress>;
export type ServiceCIDR = Kind<k.V1ServiceCIDR>;
export type PodDisruptionBudget = Kind<k.V1PodDisruptionBudget>;
export type StorageClass = Kind<k.V1StorageClass>;
export type VolumeAttachment = Kind<k.V1VolumeAttachment>;
export type VolumeAttributesClass = Kind<k.V1VolumeAttributesClass>;
export type CSIDriver = Kind<k.V1CSIDriver>;
export type CSINode = Kind<k.V1CSINode>;
export type PriorityClass = Kind<k.V1PriorityClass>;
export type RuntimeClass = Kind<k.V1RuntimeClass>;
export type CertificateSigningRequest = Kind<k.V1CertificateSigningRequest>;
export type Role = Kind<k.V1Role>;
export type ClusterRole = Kind<k.V1ClusterRole>;
export type PolicyRule = Wire<k.V1PolicyRule>;
export type Subject = Wire<k.RbacV1Subject>;
export type RoleBinding = Kind<k.V1RoleBinding>;
export type ClusterRoleBinding = Kind<k.V1ClusterRoleBinding>;
export type FlowSchema = Kind<k.V1FlowSchema>;
export type PriorityLevelConfiguration = Kind<k.V1PriorityLevelConfiguration>;
export type ValidatingWebhookConfiguration = Kind<k.V1ValidatingWebhookConfiguration>;
export type MutatingWebhookConfiguration = Kind<k.V1MutatingWebhookConfiguration>;
export type ValidatingAdmissionPolicy = Kind<k.V1ValidatingAdmissionPolicy>;
export type ValidatingAdmissionPolicyBinding = Kind<k.V1ValidatingAdmissionPolicyBinding>;
export type MutatingAdmissionPolicy = Kind<k.V1MutatingAdmissionPolicy>;
export type MutatingAdmissionPolicyBinding = Kind<k.V1MutatingAdmissionPolicyBinding>;
export type APIService = Kind<k.V1APIService>;
export type ResourceSlice = Kind<k.V1ResourceSlice>;
export type ResourceClaim = Kind<k.ResourceV1ResourceClaim>;
export type HorizontalPodAutoscaler = Kind<k.V2HorizontalPodAutoscaler>;
export type HorizontalPodAutoscalerV1 = Kind<k.V1HorizontalPodAutoscaler>;
export type Probe = Wire<k.V1Probe>;
export type Volume = Wire<k.V1Volume>;
export type EnvVar = Wire<k.V1EnvVar>;
export type EnvFromSource = Wire<k.V1EnvFromSource>;
export type Affinity = Wire<k.V1Affinity>;
export type ResourceRequirements = Wire<k.V1ResourceRequirements>;
export type ServicePort = Wire<k.V1ServicePort>;
export type JobSpec = Wire<k.V1JobSpec>;
