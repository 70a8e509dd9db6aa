/** The files of a ConfigMap, Secret, downward API or token: by themselves a volume, together a projected one. */
import type { ConfigMap, Secret } from '../../kube/types.ts';
import type { FilePayload } from './atomic-writer.ts';
import { fieldValue, resourceFieldValue } from './field-refs.ts';
import type { Volume, VolumeContext } from './volume.ts';

export type Files = Map<string, FilePayload>;
type Items = NonNullable<NonNullable<Volume['configMap']>['items']>;
type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;

export interface Selection {
  name: string;
  optional?: boolean;
  items?: Items;
  mode: number;
}

export async function configMapFiles(selection: Selection, context: VolumeContext): Promise<Files> {
  const found = await context.object<ConfigMap>('configmaps', selection.name);
  if (!found) return missing('configmap', selection);
  const data = new Map<string, Buffer>();
  for (const [key, text] of Object.entries(found.data ?? {})) data.set(key, Buffer.from(text));
  for (const [key, text] of Object.entries(found.binaryData ?? {})) data.set(key, Buffer.from(text, 'base64'));
  return pick(data, 'configmap', selection);
}

export async function secretFiles(selection: Selection, context: VolumeContext): Promise<Files> {
  const found = await context.object<Secret>('secrets', selection.name);
  if (!found) return missing('secret', selection);
  const data = new Map<string, Buffer>();
  for (const [key, text] of Object.entries(found.data ?? {})) data.set(key, Buffer.from(text, 'base64'));
  return pick(data, 'secret', selection);
}

function missing(kind: string, { name, optional }: Selection): Files {
  if (optional) return new Map();
  throw new Error(`${kind} "${name}" not found`);
}

function pick(data: Map<string, Buffer>, kind: string, { items, mode, optional }: Selection): Files {
  const files: Files = new Map();
  if (!items?.length) {
    for (const [key, bytes] of data) files.set(key, { data: bytes, mode });
    return files;
  }
  for (const item of items) {
    const bytes = data.get(item.key);
    if (bytes) files.set(safePath(item.path), { data: bytes, mode: item.mode ?? mode });
    else if (!optional)
      throw new Error(`${kind} references non-existent ${kind === 'secret' ? 'secret' : 'config'} key: ${item.key}`);
  }
  return files;
}

export function downwardFiles(items: DownwardItems, mode: number, context: VolumeContext): Files {
  const files: Files = new Map();
  for (const item of items) {
    const text = item.fieldRef
      ? fieldValue(item.fieldRef.fieldPath, context.pod, context)
      : item.resourceFieldRef
        ? resourceFieldValue(item.resourceFieldRef, context.pod, undefined, context.node.allocatable)
        : '';
    files.set(safePath(item.path), { data: Buffer.from(text), mode: item.mode ?? mode });
  }
  return files;
}

/** The API has checked it; a volume must not write elsewhere even so. */
export function safePath(path: string): string {
  if (path === '' || path.startsWith('/') || path.split('/').some((step) => step === '..' || step === '')) {
    throw new Error(`invalid path: ${path}`);
  }
  return path;
}
