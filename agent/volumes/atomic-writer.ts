/**
 * Writes a set of files so that readers see all of it or none (kubelet `volume/util/atomic_writer.go`): a fresh folder
 * `..<time>`, the link `..data` moved onto it, and one link a file through `..data`.
 */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export interface FilePayload {
  data: Buffer;
  /** Permission bits. */
  mode: number;
}

/** By relative path; paths have been checked not to leave the folder. */
export type Payload = ReadonlyMap<string, FilePayload>;

const DATA = '..data';

export function writeAtomically(folder: string, payload: Payload, group?: number): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  chmodSync(folder, 0o755);
  const current = linkTarget(join(folder, DATA));
  if (current && same(join(folder, current), payload)) return;
  const fresh = mkdtempSync(join(folder, `..${new Date().toISOString().slice(0, 19).replace(/[:T-]/g, '_')}.`));
  chmodSync(fresh, 0o755);
  for (const [path, { data, mode }] of payload) {
    const full = join(fresh, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, data);
    chmodSync(full, mode);
    if (group !== undefined) {
      chownSync(full, 0, group);
      chmodSync(full, mode | 0o440);
    }
  }
  const link = join(folder, '..data_tmp');
  rmSync(link, { force: true });
  symlinkSync(fresh.slice(folder.length + 1), link);
  renameSync(link, join(folder, DATA));
  const tops = new Set([...payload.keys()].map((path) => path.split('/')[0] ?? path));
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('..') && !tops.has(name)) rmSync(join(folder, name), { force: true });
  }
  for (const top of tops) {
    if (linkTarget(join(folder, top)) === undefined) symlinkSync(join(DATA, top), join(folder, top));
  }
  if (current) rmSync(join(folder, current), { recursive: true, force: true });
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function same(folder: string, payload: Payload): boolean {
  const there = filesUnder(folder, '');
  if (there.length !== payload.size) return false;
  for (const path of there) {
    const wanted = payload.get(path);
    if (!wanted || !readFileSync(join(folder, path)).equals(wanted.data)) return false;
  }
  return true;
}

function filesUnder(root: string, path: string): string[] {
  return readdirSync(join(root, path)).flatMap((name) => {
    const inner = path === '' ? name : join(path, name);
    return statSync(join(root, inner)).isDirectory() ? filesUnder(root, inner) : [inner];
  });
}
