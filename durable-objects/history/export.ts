/** A cluster as one file: everything with its past, or what `kubectl apply` takes. Printed as it is read. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Kinds } from '../../kube/kinds/registry.ts';
import { parseExact } from '../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { keyPrefix, parseKey } from '../../kube/machinery/resource.ts';
import { yamlText } from '../../kube/machinery/yaml-text.ts';
import {
  FILE_VERSION,
  type FileEnd,
  type FileHead,
  HISTORY_TYPE,
  lineOf,
  MANIFEST_TYPE,
} from '../../wire/cluster-file.ts';
import type { SnapshotRow } from '../../wire/snapshot.ts';
import { badRequest } from '../apiserver/errors.ts';
import type { ApiResponse } from '../apiserver/request.ts';
import type { SqliteStore } from '../store/mvcc.ts';
import { openText, type Sealer } from '../store/sealer.ts';
import { appliedOf, isApplied } from './applied.ts';
import { isoTime, type Params } from './options.ts';
import { rankOf } from './order.ts';

export interface ExportPorts {
  store: SqliteStore;
  kinds: Kinds;
  sealer: Sealer;
  /** Lets other requests in between. */
  pause(): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Secrets that are opened between two pauses. */
const OPENED = 50;

/** Throws 400, and the error of a Secret that cannot be opened: an answer that has begun has no room for an error. */
export async function exportCluster(params: Params, ports: ExportPorts): Promise<ApiResponse> {
  const format = params.get('format') ?? 'history';
  if (format !== 'history' && format !== 'yaml') {
    throw badRequest(`format must be history or yaml, not ${JSON.stringify(format)}`);
  }
  let opened = 0;
  for (const _ of ports.store.scan({ prefix: 'secrets/', history: true })) {
    if (++opened % OPENED === 0) await ports.pause();
  }
  const type = format === 'yaml' ? MANIFEST_TYPE : HISTORY_TYPE;
  const headers = { 'content-type': type, 'cache-control': 'no-store' };
  return { type: 'response', status: 200, headers, body: format === 'yaml' ? manifests(ports) : history(ports) };
}

function* history({ store, sealer, now }: ExportPorts): Generator<string> {
  const { revision } = store;
  const hash = sha256.create();
  const encoder = new TextEncoder();
  const take = (line: string): string => {
    const whole = `${line}\n`;
    hash.update(encoder.encode(whole));
    return whole;
  };
  const head: FileHead = { islet: 'cluster', version: FILE_VERSION, revision, exported: isoTime(now()) };
  yield take(JSON.stringify(head));
  let rows = 0;
  for (const row of givenRows(store)) {
    rows++;
    yield take(lineOf(row, String(row.text)));
  }
  for (let position: string | undefined = ''; position !== undefined; ) {
    const page = store.snapshots.log(revision, position);
    for (const row of page.rows) {
      rows++;
      yield take(lineOf(row, openText(sealer, row.key, row.text)));
    }
    position = page.next;
    // Others have their turn.
    if (position !== undefined) yield '';
  }
  const end: FileEnd = { end: true, rows, oldest: store.oldest, sha256: bytesToHex(hash.digest()) };
  yield `${JSON.stringify(end)}\n`;
}

/** Objects that the store was given have no rows, and a file has nothing else. */
function* givenRows(store: SqliteStore): Generator<SnapshotRow> {
  for (let revision = 1; revision <= store.history.first; revision++) {
    const entry = store.at(revision);
    if (!entry) continue;
    const { key, created, change, cause, text } = entry;
    yield { revision, link: 0, created, change, at: cause.at, key, cause: JSON.stringify(cause), text };
  }
}

/** In the order in which they can be applied, each as it would be written by hand. */
function* manifests({ store, kinds }: ExportPorts): Generator<string> {
  const { revision } = store;
  const resources = [...new Set(kinds.kinds.map(({ resource }) => resource))];
  resources.sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  for (const resource of resources) {
    for (const { key, text } of store.scan({ prefix: keyPrefix(resource), revision, history: true })) {
      const parts = parseKey(key);
      const object = parseExact(text) as KubeObject;
      if (isApplied(parts, object)) yield `---\n${yamlText(appliedOf(parts, object))}`;
    }
    yield '';
  }
}
