/** The plain facts of an object: the short values of its spec and status, whatever its kind is. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';

export type Fact = readonly [name: string, value: string];

/** Shown elsewhere, or of use to controllers only. */
const LEFT_OUT = new Set(['conditions', 'observedGeneration', 'template', 'selector', 'managedFields']);
/** Longer texts are for the YAML. */
const MAX_LENGTH = 120;
const MAX_ITEMS = 6;

/** `part`: `spec` or `status`; for kinds without them, `data` has the names of its keys. */
export function factsOf(object: KubeObject, part: 'spec' | 'status'): Fact[] {
  const value = object[part];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, each]): Fact[] => {
    const text = LEFT_OUT.has(name) ? undefined : shortText(each);
    return text === undefined ? [] : [[name, text]];
  });
}

function shortText(value: unknown): string | undefined {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return value !== '' && value.length <= MAX_LENGTH ? value : undefined;
  if (Array.isArray(value)) return listText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.length > MAX_ITEMS) return undefined;
  const plain = entries.every(([, each]) => typeof each !== 'object' || each === null);
  const text = entries.map(([key, each]) => `${key}=${each}`).join(', ');
  return plain && text.length <= MAX_LENGTH ? text : undefined;
}

function listText(items: readonly unknown[]): string | undefined {
  if (items.length === 0 || items.some((item) => typeof item === 'object')) return undefined;
  const text = items.slice(0, MAX_ITEMS).join(', ');
  if (text.length > MAX_LENGTH) return undefined;
  return items.length > MAX_ITEMS ? `${text} …` : text;
}

/** Names of the keys of a ConfigMap or a Secret, with the size of each. Values of Secrets are not shown. */
export function keysOf(object: KubeObject): Fact[] {
  const { data, binaryData } = object as { data?: unknown; binaryData?: unknown };
  return [data, binaryData].flatMap((part): Fact[] => {
    if (typeof part !== 'object' || part === null) return [];
    const isEncoded = part === binaryData || object.kind === 'Secret';
    return Object.entries(part).flatMap(([key, value]): Fact[] =>
      typeof value === 'string' ? [[key, `${isEncoded ? decodedLength(value) : utf8Length(value)} B`]] : [],
    );
  });
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

export function conditionsOf(object: KubeObject): Condition[] {
  const { conditions } = (object.status ?? {}) as { conditions?: unknown };
  if (!Array.isArray(conditions)) return [];
  return conditions.filter(
    (each): each is Condition => typeof each?.type === 'string' && typeof each.status === 'string',
  );
}
