import { qosClass } from '../../../../kube/kinds/core/pod-spec/qos.ts';
import type { Container, Pod } from '../../../../kube/types.ts';
import { longTime, since } from '../print/durations.ts';
import { amounts, describeContainers } from './containers.ts';
import type { Describer } from './describer.ts';
import { annotationLines, controllerOf, labelLines } from './parts.ts';
import { describeSpread, describeTolerations } from './pod-template.ts';
import type { Sheet } from './sheet.ts';
import { describeVolumes } from './volumes.ts';

export const pod: Describer<Pod> = {
  eventKind: 'none',
  describe: (sheet, object, { context }) => {
    const { metadata, spec, status } = object;
    top(sheet, object);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    state(sheet, object, context.now);
    addresses(sheet, object);
    const controller = controllerOf(metadata);
    if (controller !== '') sheet.line(0, `Controlled By:\t${controller}`);
    if (status?.nominatedNodeName) sheet.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);
    if (spec?.resources) {
      sheet.line(0, 'Resources:');
      amounts(sheet, 1, spec.resources);
    }
    containers(sheet, object);
    conditions(sheet, object);
    describeVolumes(sheet, spec?.volumes);
    sheet.line(0, `QoS Class:\t${status?.qosClass || qosClass(spec)}`);
    labelLines(sheet, 'Node-Selectors', spec?.nodeSelector);
    describeTolerations(sheet, 'Tolerations', spec?.tolerations);
    describeSpread(sheet, spec?.topologySpreadConstraints, '');
  },
};

function top(sheet: Sheet, { metadata, spec, status }: Pod): void {
  sheet.line(0, `Name:\t${metadata.name}`);
  sheet.line(0, `Namespace:\t${metadata.namespace}`);
  if (spec?.priority !== undefined) sheet.line(0, `Priority:\t${spec.priority}`);
  if (spec?.priorityClassName) sheet.line(0, `Priority Class Name:\t${spec.priorityClassName}`);
  if (spec?.runtimeClassName) sheet.line(0, `Runtime Class Name:\t${spec.runtimeClassName}`);
  if (spec?.serviceAccountName) sheet.line(0, `Service Account:\t${spec.serviceAccountName}`);
  sheet.line(0, `Node:\t${spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}`);
  if (status?.startTime) sheet.line(0, `Start Time:\t${longTime(status.startTime)}`);
}

function state(sheet: Sheet, { metadata, spec, status }: Pod, now: number): void {
  const isOver = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (metadata.deletionTimestamp && !isOver) {
    sheet.line(0, `Status:\tTerminating (lasts ${since(metadata.deletionTimestamp, now)})`);
    sheet.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds}s`);
  } else sheet.line(0, `Status:\t${status?.phase ?? ''}`);
  if (status?.reason) sheet.line(0, `Reason:\t${status.reason}`);
  if (status?.message) sheet.line(0, `Message:\t${status.message}`);
  const profile = spec?.securityContext?.seccompProfile;
  if (profile) sheet.line(0, `SeccompProfile:\t${profile.type}`);
  if (profile?.type === 'Localhost') sheet.line(0, `LocalhostProfile:\t${profile.localhostProfile}`);
}

function addresses(sheet: Sheet, { status }: Pod): void {
  sheet.line(0, `IP:\t${status?.podIP ?? ''}`);
  const all = status?.podIPs ?? [];
  sheet.line(0, all.length === 0 ? 'IPs:\t<none>' : 'IPs:');
  for (const { ip } of all) sheet.line(1, `IP:\t${ip}`);
}

function containers(sheet: Sheet, pod: Pod): void {
  const { spec, status } = pod;
  if (spec?.initContainers?.length) {
    describeContainers(sheet, spec.initContainers, {
      label: 'Init Containers',
      statuses: status?.initContainerStatuses,
      pod,
    });
  }
  describeContainers(sheet, spec?.containers ?? [], { label: 'Containers', statuses: status?.containerStatuses, pod });
  if (spec?.ephemeralContainers?.length) {
    const ephemeral = spec.ephemeralContainers as Container[];
    describeContainers(sheet, ephemeral, {
      label: 'Ephemeral Containers',
      statuses: status?.ephemeralContainerStatuses,
      pod,
    });
  }
}

function conditions(sheet: Sheet, { spec, status }: Pod): void {
  const all = status?.conditions ?? [];
  if (spec?.readinessGates?.length) {
    sheet.line(0, 'Readiness Gates:\n  Type\tStatus');
    for (const { conditionType } of spec.readinessGates) {
      sheet.line(1, `${conditionType} \t${all.find(({ type }) => type === conditionType)?.status ?? '<none>'} `);
    }
  }
  if (all.length === 0) return;
  sheet.line(0, 'Conditions:\n  Type\tStatus');
  for (const { type, status: value } of all) sheet.line(1, `${type} \t${value} `);
}
