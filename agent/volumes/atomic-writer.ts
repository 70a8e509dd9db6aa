/**
 * Writes a set of files so that readers see all of it or none (kubelet `volume/util/atomic_writer.go`): a fresh folder
 * `..<time>`, the link `..data` moved onto it, and one link a file through `..data`.
 */
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface FilePayload {
  data: Buffer;
  /** Permission bits. */
  mode: number;
  /** Owner; root when absent. */
  user?: number;
}

/** By relative path; paths have been checked not to leave the folder. */
export type Payload = ReadonlyMap<string, FilePayload>;

const DATA = '..data';
const DATA_DRAFT = '..data_tmp';

/** `group`: may read all files and enter all folders. `time` names the new folder. */
export async function writeAtomically(
  folder: string,
  payload: Payload,
  group: number | undefined,
  time: Date,
): Promise<void> {
  const current = await linkTarget(join(folder, DATA));
  if (!current || !(await holds(join(folder, current), payload, group))) {
    const stamp = time.toISOString().slice(0, 19).replace(/[:T-]/g, '_');
    const fresh = await mkdtemp(join(folder, `..${stamp}.`));
    await writeAll(fresh, payload, group);
    if (group !== undefined) await openToGroup(folder, group);
    await rm(join(folder, DATA_DRAFT), { force: true });
    await symlink(fresh.slice(folder.length + 1), join(folder, DATA_DRAFT));
    await rename(join(folder, DATA_DRAFT), join(folder, DATA));
  }
  // Runs even when the content was there: a crash may have come before the rest.
  await linkAll(folder, payload);
  await removeFormer(folder);
}

async function writeAll(root: string, payload: Payload, group: number | undefined): Promise<void> {
  await chmod(root, 0o755);
  const folders = new Set([root]);
  for (const [path, { data, user, ...file }] of payload) {
    const full = join(root, path);
    for (let parent = dirname(full); !folders.has(parent); parent = dirname(parent)) folders.add(parent);
    await mkdir(dirname(full), { recursive: true });
    // Until owner and mode are right it is root's alone: other users of a container may look into its volumes meanwhile.
    await writeFile(full, data, { mode: 0o600 });
    if (user !== undefined || group !== undefined) await chown(full, user ?? 0, group ?? 0);
    await chmod(full, modeOf(file, group));
  }
  if (group !== undefined) for (const made of folders) await openToGroup(made, group);
}

/** Upstream lets the group read what it may not write (`volume_linux.go`, changeFilePermission). */
const modeOf = ({ mode }: Pick<FilePayload, 'mode'>, group: number | undefined): number =>
  group === undefined ? mode : mode | 0o440;

async function openToGroup(folder: string, group: number): Promise<void> {
  await chown(folder, 0, group);
  await chmod(folder, 0o2755);
}

async function linkAll(folder: string, payload: Payload): Promise<void> {
  const tops = new Set([...payload.keys()].map((path) => path.split('/')[0] ?? path));
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    // Folders stay: they are the mount points of other volumes.
    if (entry.isSymbolicLink() && !entry.name.startsWith('..') && !tops.has(entry.name)) {
      await unlink(join(folder, entry.name));
    }
  }
  for (const top of tops) {
    if ((await linkTarget(join(folder, top))) === undefined)
      await symlink(join(DATA, top), join(folder, top)).catch(unlessThere);
  }
}

/** Content that was replaced, and what a crash has left unfinished. */
async function removeFormer(folder: string): Promise<void> {
  const current = await linkTarget(join(folder, DATA));
  for (const name of await readdir(folder)) {
    if (name.startsWith('..') && name !== DATA && name !== current) await rm(join(folder, name), { recursive: true });
  }
}

/** A mount point of this name hides the file anyway. */
function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function linkTarget(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

async function holds(folder: string, payload: Payload, group: number | undefined): Promise<boolean> {
  const there = await filesUnder(folder, '');
  if (there.length !== payload.size) return false;
  for (const path of there) {
    const wanted = payload.get(path);
    if (!wanted) return false;
    const { mode, uid } = await stat(join(folder, path));
    if ((mode & 0o7777) !== modeOf(wanted, group) || (wanted.user ?? uid) !== uid) return false;
    if (!(await readFile(join(folder, path))).equals(wanted.data)) return false;
  }
  return true;
}

async function filesUnder(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => []);
  const found = entries.map(async (entry) => {
    const inner = path === '' ? entry.name : join(path, entry.name);
    return entry.isDirectory() ? filesUnder(root, inner) : [inner];
  });
  return (await Promise.all(found)).flat();
}
