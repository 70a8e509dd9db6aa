/** Makes an empty storage a store of the file, or an empty cluster one with the objects of a manifest: all, or none. */
import type { Kinds } from '../../kube/kinds/registry.ts';
import { parseExact } from '../../kube/machinery/exact-json.ts';
import { isObject } from '../../kube/machinery/json-object.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Status } from '../../kube/machinery/status.ts';
import { yamlToJson } from '../../kube/machinery/yaml.ts';
import type { SnapshotRow } from '../../wire/snapshot.ts';
import type { RequestHandler, UserInfo } from '../apiserver/request.ts';
import type { StoreRestore } from '../store/restore.ts';
import { rankOf } from './order.ts';
import { BadFile, FileReader } from './read-file.ts';
import { pathOf } from './requests.ts';

/** Writes that are added to the storage at once. */
const PIECE_ROWS = 250;
const PIECE_SIZE = 512 * 1024;

/** Adds all writes of the lines. `beyond`: what it has too much of after a piece, or as a whole. Throws {@link BadFile}. */
export async function restoreLines(
  lines: AsyncIterable<string>,
  restore: StoreRestore,
  beyond: (isWhole: boolean) => string | undefined,
): Promise<{ revision: number; oldest: number }> {
  const reader = new FileReader();
  let piece: SnapshotRow[] = [];
  let size = 0;
  const add = (next: string | undefined): void => {
    restore.add(piece, next);
    const problem = beyond(next === undefined);
    if (problem) throw new BadFile(problem);
    piece = [];
    size = 0;
  };
  for await (const line of lines) {
    const row = reader.take(line);
    if (!row) continue;
    piece.push(row);
    size += row.text.length;
    if (piece.length >= PIECE_ROWS || size >= PIECE_SIZE) add(String(row.revision));
  }
  const horizons = reader.end();
  add(undefined);
  return horizons;
}

export interface ManifestPorts {
  api: RequestHandler;
  kinds: Kinds;
  user: UserInfo;
  pause(): Promise<void>;
}

const MANAGER = 'islet-import';

/** Applies all objects of a manifest. Throws {@link BadFile} with the server's words for the first that it refuses. */
export async function applyManifest(text: string, ports: ManifestPorts): Promise<number> {
  const all = objectsOf(text);
  let left = all.sort((a, b) => rankIn(ports.kinds, a) - rankIn(ports.kinds, b));
  while (left.length > 0) {
    const refused: { object: Numbered; why: string }[] = [];
    for (const object of left) {
      const why = await apply(object.object, ports);
      if (why !== undefined) refused.push({ object, why });
    }
    const [first] = refused;
    // One may have waited for another that came later, or for a controller.
    if (first && refused.length === left.length) throw new BadFile(`${nameOf(first.object)}: ${first.why}`);
    left = refused.map(({ object }) => object);
    if (first) await ports.pause();
  }
  return all.length;
}

interface Numbered {
  /** The place of its document in the file, from 1 on. */
  document: number;
  object: KubeObject;
}

/** Throws {@link BadFile}. */
function objectsOf(text: string): Numbered[] {
  const documents = text.split(/^---(?:[ \t].*)?\r?$/m);
  return documents.flatMap((document, at): Numbered[] => {
    const isEmpty = document.split('\n').every((line) => /^\s*(#.*)?$/.test(line));
    return isEmpty ? [] : readDocument(document, at + 1);
  });
}

function readDocument(text: string, document: number): Numbered[] {
  let read: unknown;
  try {
    read = parseExact(yamlToJson(text).text);
  } catch (error) {
    throw new BadFile(`document ${document} of the file: ${(error as Error).message}`);
  }
  const objects =
    isObject(read) && String(read.kind).endsWith('List') && Array.isArray(read.items) ? read.items : [read];
  return objects.map((object) => {
    const isOne = isObject(object) && typeof object.kind === 'string' && typeof object.apiVersion === 'string';
    if (!isOne || !isObject(object.metadata)) {
      throw new BadFile(
        `document ${document} of the file is no object of Kubernetes: it lacks apiVersion, kind or metadata`,
      );
    }
    return { document, object: object as unknown as KubeObject };
  });
}

function rankIn(kinds: Kinds, { object }: Numbered): number {
  return rankOf(kinds.findKind(object.apiVersion, object.kind)?.kind.resource ?? '');
}

function nameOf({ document, object: { kind, metadata } }: Numbered): string {
  return `document ${document} of the file (${kind} ${metadata.name ?? metadata.generateName ?? ''})`;
}

/** The server's words where it refuses the object. */
async function apply(object: KubeObject, { api, kinds, user }: ManifestPorts): Promise<string | undefined> {
  const found = kinds.findKind(object.apiVersion, object.kind);
  if (!found)
    return `no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}`;
  const path = pathOf(found.kind, { namespace: object.metadata.namespace ?? 'default' });
  const { name } = object.metadata;
  const type = name ? 'application/apply-patch+yaml' : 'application/json';
  const headers: Readonly<Record<string, string>> = { 'content-type': type, 'user-agent': MANAGER };
  const answer = await api.handle({
    method: name ? 'PATCH' : 'POST',
    path: name ? `${path}/${encodeURIComponent(name)}` : path,
    query: name ? `fieldManager=${MANAGER}&force=true` : `fieldManager=${MANAGER}`,
    header: (header) => headers[header],
    body: JSON.stringify(object),
    user,
  });
  if (answer.type !== 'response' || answer.status < 300) return undefined;
  const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
  return (JSON.parse(text) as Status).message ?? `the server answered ${answer.status}`;
}
