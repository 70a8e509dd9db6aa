/** An object as text to edit, and what of a change to it is the work of another person or controller. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { toYaml } from '../text/tree.ts';

/** Without what only the server writes and counts. The revision is sent beside the text. */
export function textOf(object: KubeObject): string {
  const { managedFields: _, resourceVersion: __, generation: ___, ...metadata } = object.metadata;
  return toYaml(withTopFirst({ ...object, metadata }));
}

const TOP = ['apiVersion', 'kind', 'metadata'];

function withTopFirst(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const rest = Object.entries(object).filter(([name]) => !TOP.includes(name));
  return Object.fromEntries(
    [...TOP.map((name) => [name, object[name]]), ...rest].filter(([, value]) => value !== undefined),
  );
}

/** The wish in an object, without the reports of controllers and the server's counters. */
function askedFor(object: KubeObject): string {
  const { managedFields: _, resourceVersion: __, generation: ___, ...metadata } = object.metadata;
  return JSON.stringify(sorted({ ...object, metadata, status: undefined }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

export function asksForSame(a: KubeObject, b: KubeObject): boolean {
  return askedFor(a) === askedFor(b);
}

interface Manager {
  manager?: string;
  operation?: string;
  time?: string;
  subresource?: string;
  fieldsV1?: unknown;
}

/** The managers whose fields are others than before, without those that only report the status. */
export function managersOfChange(before: KubeObject, after: KubeObject): string[] {
  const key = (entry: Manager) => JSON.stringify([entry.manager, entry.operation, entry.time, entry.fieldsV1]);
  const known = new Set(managersOf(before).map(key));
  const changed = managersOf(after).filter((entry) => !entry.subresource && !known.has(key(entry)));
  return [...new Set(changed.map(({ manager = '' }) => manager).filter(Boolean))];
}

function managersOf({ metadata }: KubeObject): Manager[] {
  return (metadata.managedFields ?? []) as Manager[];
}
