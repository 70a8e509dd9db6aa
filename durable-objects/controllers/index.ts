/** The controllers: one file and one line each. */
import type { RemoteVersion } from '../../kube/machinery/discovery/remote.ts';
import { apiServiceAvailabilityController } from './api-service-availability-controller.ts';
import { attachDetachController } from './attachdetach-controller.ts';
import { certificateController } from './certificate-controller.ts';
import { clusterRoleAggregationController } from './clusterrole-aggregation-controller.ts';
import { cronJobController } from './cronjob-controller.ts';
import { customResourceDefinitionController } from './custom-resource-definition-controller.ts';
import { customResourceDefinitionFinalizer } from './custom-resource-definition-finalizer.ts';
import { daemonSetController } from './daemonset-controller.ts';
import { deploymentController } from './deployment-controller.ts';
import { deviceTaintEvictionController } from './device-taint-eviction-controller.ts';
import { disruptionController } from './disruption-controller.ts';
import { endpointsController } from './endpoints-controller.ts';
import { endpointSliceController } from './endpointslice-controller.ts';
import { endpointSliceMirroringController } from './endpointslice-mirroring-controller.ts';
import { ephemeralVolumeController } from './ephemeral-volume-controller.ts';
import { expandController } from './expand-controller.ts';
import { flowSchemaController } from './flow-schema-controller.ts';
import { garbageCollector } from './garbage-collector.ts';
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler-controller.ts';
import { jobController } from './job-controller.ts';
import { jobOrphanPodController } from './job-orphan-pod-controller.ts';
import { legacyServiceAccountTokenCleaner } from './legacy-serviceaccount-token-cleaner.ts';
import { localPathProvisioner } from './local-path-provisioner.ts';
import { namespaceController } from './namespace-controller.ts';
import { nodeIpamController } from './node-ipam-controller.ts';
import { nodeLifecycleController } from './node-lifecycle-controller.ts';
import { persistentVolumeBinder } from './persistent-volume-binder.ts';
import { podGarbageCollector } from './pod-garbage-collector.ts';
import { pvProtectionController } from './pv-protection-controller.ts';
import { pvcProtectionController } from './pvc-protection-controller.ts';
import { replicaSetController, replicationController } from './replicaset-controller.ts';
import { resourceClaimController } from './resource-claim-controller.ts';
import { resourceQuotaController } from './resourcequota-controller.ts';
import { rootCACertPublisher } from './root-ca-cert-publisher.ts';
import type { Controller } from './runtime/controller.ts';
import type { RESTMapper } from './runtime/ports.ts';
import { serviceCIDRsController } from './service-cidrs-controller.ts';
import { serviceIPController } from './service-ip-controller.ts';
import type { LoadBalancer } from './service-lb/load-balancer.ts';
import { serviceLBController } from './service-lb-controller.ts';
import { serviceAccountController } from './serviceaccount-controller.ts';
import { serviceAccountTokenController } from './serviceaccount-token-controller.ts';
import { staleDisruptionController } from './stale-disruption-controller.ts';
import { statefulSetController } from './statefulset-controller.ts';
import { systemObjectsController } from './system-objects-controller.ts';
import { taintEvictionController } from './taint-eviction-controller.ts';
import { ttlAfterFinishedController } from './ttl-after-finished-controller.ts';
import { ttlController } from './ttl-controller.ts';
import { validatingAdmissionPolicyStatusController } from './validatingadmissionpolicy-status-controller.ts';
import { volumeAttributesClassProtectionController } from './volumeattributesclass-protection-controller.ts';

export interface ControllerOptions {
  /** PEM text that clients inside the cluster trust the API by (`kube-root-ca.crt`). */
  rootCA: string;
  /** False: only those that upstream's API server runs, and not those of its controller manager. */
  managed: boolean;
  /** The kinds that the cluster serves. */
  kinds: RESTMapper;
  /** The group versions of aggregated APIs, with their resources; the same array until something of it changes. */
  remoteVersions(): readonly RemoteVersion[];
  /** The provider whose effects the cluster has. */
  loadBalancers: Pick<LoadBalancer, 'serves'>;
}

/** Throws when two have one name: their keys, timers and users would mix. */
export function createControllers(options: ControllerOptions): Controller[] {
  const { rootCA, managed, kinds, remoteVersions, loadBalancers } = options;
  const ofApiServer = [
    customResourceDefinitionController,
    customResourceDefinitionFinalizer,
    serviceIPController,
    systemObjectsController,
    flowSchemaController,
    apiServiceAvailabilityController,
  ];
  if (!managed) return unique(ofApiServer);
  return unique([
    ...ofApiServer,
    deploymentController,
    daemonSetController,
    statefulSetController,
    jobController,
    cronJobController,
    horizontalPodAutoscalerController,
    jobOrphanPodController,
    ttlAfterFinishedController,
    replicaSetController,
    replicationController,
    namespaceController(remoteVersions),
    garbageCollector,
    endpointSliceController,
    endpointsController,
    endpointSliceMirroringController,
    serviceAccountController,
    serviceAccountTokenController(rootCA),
    legacyServiceAccountTokenCleaner,
    rootCACertPublisher(rootCA),
    nodeIpamController,
    nodeLifecycleController,
    ttlController,
    taintEvictionController,
    podGarbageCollector,
    resourceQuotaController,
    resourceClaimController,
    deviceTaintEvictionController,
    disruptionController(kinds),
    staleDisruptionController,
    clusterRoleAggregationController,
    certificateController,
    persistentVolumeBinder,
    attachDetachController,
    expandController,
    ephemeralVolumeController,
    localPathProvisioner,
    pvcProtectionController,
    serviceCIDRsController,
    serviceLBController(loadBalancers),
    pvProtectionController,
    volumeAttributesClassProtectionController,
    validatingAdmissionPolicyStatusController(kinds),
  ]);
}

function unique(controllers: Controller[]): Controller[] {
  const names = new Set<string>();
  for (const { name } of controllers) {
    if (names.has(name)) throw new Error(`two controllers are called ${name}`);
    names.add(name);
  }
  return controllers;
}
