/** PersistentVolumeClaims, PersistentVolumes and StorageClasses. */
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../../kube/types.ts';
import { longTime, since } from '../print/durations.ts';
import { goText } from '../print/jsonpath/evaluate.ts';
import { formatLabels } from '../print/labels.ts';
import type { Describer } from './describer.ts';
import { annotationLines, columns, labelLines, multiline, truth } from './parts.ts';
import type { Sheet } from './sheet.ts';
import { describeSource } from './volumes.ts';

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** `RWO,ROX` */
function modesText(modes: readonly string[] | undefined): string {
  return Object.keys(MODES)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => MODES[mode])
    .join(',');
}

export const claim: Describer<PersistentVolumeClaim> = {
  describe: async (sheet, { metadata, spec, status }, { context }) => {
    const { items } = await context.client.get<{ items: Pod[] }>(`/api/v1/namespaces/${metadata.namespace}/pods`);
    const users = items.filter(
      (pod) =>
        pod.spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name) ||
        metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid),
    );
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    sheet.line(0, `StorageClass:\t${spec?.storageClassName ?? ''}`);
    sheet.line(0, `Status:\t${phaseOf(metadata.deletionTimestamp, status?.phase, context.now)}`);
    sheet.line(0, `Volume:\t${spec?.volumeName ?? ''}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    sheet.line(0, `Finalizers:\t${goText(metadata.finalizers ?? [])}`);
    sheet.line(0, `Capacity:\t${spec?.volumeName ? (status?.capacity?.storage ?? '0') : ''}`);
    sheet.line(0, `Access Modes:\t${spec?.volumeName ? modesText(status?.accessModes) : ''}`);
    if (spec?.volumeMode) sheet.line(0, `VolumeMode:\t${spec.volumeMode}`);
    if (spec?.dataSource) {
      sheet.line(0, 'DataSource:');
      if (spec.dataSource.apiGroup) sheet.line(1, `APIGroup:\t${spec.dataSource.apiGroup}`);
      sheet.line(1, `Kind:\t${spec.dataSource.kind}`);
      sheet.line(1, `Name:\t${spec.dataSource.name}`);
    }
    multiline(sheet, 'Used By', users.map((pod) => pod.metadata.name ?? '').sort());
    conditions(sheet, status?.conditions ?? []);
  },
};

function conditions(sheet: Sheet, all: NonNullable<NonNullable<PersistentVolumeClaim['status']>['conditions']>): void {
  if (all.length === 0) return;
  sheet.line(0, 'Conditions:');
  const heads = ['Type', 'Status', 'LastProbeTime', 'LastTransitionTime', 'Reason', 'Message'];
  const dashes = ['----', '------', '-----------------', '------------------', '------', '-------'];
  const never = 'Mon, 01 Jan 0001 00:00:00 +0000';
  const rows = all.map(({ type, status, lastProbeTime, lastTransitionTime, reason, message }) => [
    `${type} `,
    `${status} `,
    `${lastProbeTime ? longTime(lastProbeTime) : never} `,
    `${lastTransitionTime ? longTime(lastTransitionTime) : never} `,
    `${reason ?? ''} `,
    message ?? '',
  ]);
  columns(sheet, 1, heads, dashes, rows);
}

function phaseOf(deleted: string | undefined, phase: string | undefined, now: number): string {
  return deleted ? `Terminating (lasts ${since(deleted, now)})` : (phase ?? '');
}

export const volume: Describer<PersistentVolume> = {
  describe: (sheet, { metadata, spec, status }, { context }) => {
    sheet.line(0, `Name:\t${metadata.name}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    sheet.line(0, `Finalizers:\t${goText(metadata.finalizers ?? [])}`);
    sheet.line(0, `StorageClass:\t${spec?.storageClassName ?? ''}`);
    sheet.line(0, `Status:\t${phaseOf(metadata.deletionTimestamp, status?.phase, context.now)}`);
    sheet.line(0, `Claim:\t${spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name}` : ''}`);
    sheet.line(0, `Reclaim Policy:\t${spec?.persistentVolumeReclaimPolicy ?? ''}`);
    sheet.line(0, `Access Modes:\t${modesText(spec?.accessModes)}`);
    if (spec?.volumeMode) sheet.line(0, `VolumeMode:\t${spec.volumeMode}`);
    sheet.line(0, `Capacity:\t${spec?.capacity?.storage ?? '0'}`);
    affinity(sheet, spec?.nodeAffinity?.required?.nodeSelectorTerms);
    sheet.line(0, `Message:\t${status?.message ?? ''}`);
    sheet.line(0, 'Source:');
    describeSource(sheet, spec as Parameters<typeof describeSource>[1]);
  },
};

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

function affinity(sheet: Sheet, terms: readonly { matchExpressions?: Requirement[] }[] | undefined): void {
  sheet.line(0, `Node Affinity:\t${terms ? '' : '<none>'}`);
  if (!terms) return;
  sheet.line(1, `Required Terms:\t${terms.length === 0 ? '<none>' : ''}`);
  for (const [index, { matchExpressions = [] }] of terms.entries()) {
    const texts = matchExpressions.map(({ key, operator, values = [] }) => {
      const list = values.length > 0 ? ` [${values.join(', ')}]` : '';
      return `${key} ${operator.toLowerCase()}${list}`;
    });
    if (texts.length === 0) sheet.line(2, `Term ${index}:\t<none>`);
    for (const [at, text] of texts.entries()) sheet.line(2, at === 0 ? `Term ${index}:\t${text}` : `\t${text}`);
  }
}

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';

export const storageClass: Describer<StorageClass> = {
  describe: (sheet, object) => {
    const {
      metadata,
      provisioner,
      parameters,
      allowVolumeExpansion,
      mountOptions = [],
      reclaimPolicy,
      volumeBindingMode,
    } = object;
    const isDefault =
      metadata.annotations?.[DEFAULT] === 'true' || metadata.annotations?.[`beta.${DEFAULT}`] === 'true';
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`);
    sheet.line(0, `Annotations:\t${formatLabels(metadata.annotations)}`);
    sheet.line(0, `Provisioner:\t${provisioner}`);
    sheet.line(0, `Parameters:\t${formatLabels(parameters)}`);
    sheet.line(0, `AllowVolumeExpansion:\t${truth(allowVolumeExpansion)}`);
    sheet.line(0, mountOptions.length === 0 ? 'MountOptions:\t<none>' : 'MountOptions:');
    for (const option of mountOptions) sheet.line(1, option);
    if (reclaimPolicy) sheet.line(0, `ReclaimPolicy:\t${reclaimPolicy}`);
    if (volumeBindingMode) sheet.line(0, `VolumeBindingMode:\t${volumeBindingMode}`);
  },
};
