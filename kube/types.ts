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
