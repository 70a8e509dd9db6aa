/** The template of a workload's pods, and what pods and templates share. */
import type { PodSpec, PodTemplateSpec, Toleration } from '../../../../kube/types.ts';
import { selectorText } from '../print/labels.ts';
import { describeContainers } from './containers.ts';
import { annotationLines, labelLines, multiline } from './parts.ts';
import type { Sheet } from './sheet.ts';
import { describeVolumes } from './volumes.ts';

type TopologySpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

export function describeTemplate(sheet: Sheet, template: PodTemplateSpec | undefined): void {
  sheet.line(0, 'Pod Template:');
  const { metadata, spec } = template ?? {};
  labelLines(sheet, '  Labels', metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0)
    annotationLines(sheet, '  Annotations', metadata?.annotations);
  if (spec?.serviceAccountName) sheet.line(1, `Service Account:\t${spec.serviceAccountName}`);
  const indent = '  ';
  if (spec?.initContainers?.length)
    describeContainers(sheet, spec.initContainers, { label: 'Init Containers', indent });
  describeContainers(sheet, spec?.containers ?? [], { label: 'Containers', indent });
  describeVolumes(sheet, spec?.volumes, indent);
  describeSpread(sheet, spec?.topologySpreadConstraints, indent);
  if (spec?.priorityClassName) sheet.line(1, `Priority Class Name:\t${spec.priorityClassName}`);
  labelLines(sheet, '  Node-Selectors', spec?.nodeSelector);
  describeTolerations(sheet, '  Tolerations', spec?.tolerations);
}

export function describeTolerations(sheet: Sheet, title: string, tolerations: readonly Toleration[] | undefined): void {
  const sorted = [...(tolerations ?? [])].sort((a, b) => compare(a.key ?? '', b.key ?? ''));
  multiline(sheet, title, sorted.map(tolerationText));
}

function tolerationText({ key = '', value = '', effect = '', operator, tolerationSeconds }: Toleration): string {
  let text = key;
  if (value !== '') text += `=${value}`;
  if (effect !== '') text += `:${effect}`;
  if (operator === 'Exists' && value === '') text += key !== '' || effect !== '' ? ' op=Exists' : 'op=Exists';
  return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
}

export function describeSpread(
  sheet: Sheet,
  constraints: readonly TopologySpreadConstraint[] | undefined,
  indent: string,
): void {
  if (!constraints || constraints.length === 0) return;
  const lines = [...constraints]
    .sort((a, b) => compare(a.topologyKey, b.topologyKey))
    .map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) => {
      const selector = labelSelector ? ` for selector ${selectorText(labelSelector)}` : '';
      return `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`;
    });
  multiline(sheet, 'Topology Spread Constraints', lines, indent);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
