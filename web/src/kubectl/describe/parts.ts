/** Parts that many descriptions share. */
import type { KubeObject, ObjectMeta } from '../../../../kube/machinery/object.ts';
import { LAST_APPLIED } from '../apply/last-applied.ts';
import type { Sheet } from './sheet.ts';

const LONGEST = 140;

/** `title: a`, and each further value beneath it. */
export function multiline(sheet: Sheet, title: string, values: readonly string[], indent = '', gap = '\t'): void {
  if (values.length === 0) sheet.line(0, `${indent}${title}:${gap}<none>`);
  for (const [index, value] of values.entries()) {
    sheet.line(0, index === 0 ? `${indent}${title}:${gap}${value}` : `${indent}${gap}${value}`);
  }
}

export function labelLines(sheet: Sheet, title: string, labels: ObjectMeta['labels'], indent = ''): void {
  const lines = sortedEntries(labels).map(([key, value]) => `${key}=${value}`);
  multiline(sheet, title, lines, indent);
}

export function annotationLines(sheet: Sheet, title: string, annotations: ObjectMeta['annotations']): void {
  const entries = sortedEntries(annotations).filter(([key]) => key !== LAST_APPLIED);
  if (entries.length === 0) sheet.line(0, `${title}:\t<none>`);
  for (const [index, [key, given]] of entries.entries()) {
    const head = index === 0 ? `${title}:\t` : '\t';
    const value = given.replace(/\n$/, '');
    if (value.length + key.length + 2 <= LONGEST && !value.includes('\n')) sheet.line(0, `${head}${key}: ${value}`);
    else {
      sheet.line(0, `${head}${key}:`);
      for (const line of value.split('\n')) sheet.line(0, `\t  ${shortened(line, LONGEST - 2)}`);
    }
  }
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

export function sortedEntries<T>(map: Readonly<Record<string, T>> | undefined | null): [string, T][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Name, namespace, labels and annotations. */
export function heading(sheet: Sheet, { metadata }: Pick<KubeObject, 'metadata'>, withNamespace = true): void {
  sheet.line(0, `Name:\t${metadata.name ?? ''}`);
  if (withNamespace) sheet.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  labelLines(sheet, 'Labels', metadata.labels);
  annotationLines(sheet, 'Annotations', metadata.annotations);
}

/** `ReplicaSet/web-1`; empty for objects without a controller. */
export function controllerOf({ ownerReferences }: ObjectMeta): string {
  const owner = ownerReferences?.find(({ controller }) => controller);
  return owner ? `${owner.kind}/${owner.name}` : '';
}

export function truth(value: boolean | undefined, unset = '<unset>'): string {
  return value === undefined ? unset : value ? 'True' : 'False';
}

/** A table within a description: heads, dashes beneath them, rows. */
export function columns(
  sheet: Sheet,
  level: number,
  heads: readonly string[],
  dashes: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  sheet.line(level, heads.join('\t'));
  sheet.line(level, dashes.join('\t'));
  for (const row of rows) sheet.line(level, row.join('\t'));
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string | null;
}

/** Of workloads. */
export function workloadConditions(sheet: Sheet, conditions: readonly Condition[] | undefined): void {
  if (!conditions || conditions.length === 0) return;
  sheet.line(0, 'Conditions:');
  const rows = conditions.map(({ type, status, reason }) => [`${type} `, status, reason ?? '']);
  columns(sheet, 1, ['Type', 'Status', 'Reason'], ['----', '------', '------'], rows);
}
