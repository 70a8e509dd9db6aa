import { constants, type Stats } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import type { VolumePlugin } from './volume.ts';

/** A path of the node's own, checked or made as `type` says (kubelet `volume/hostpath/host_path.go`). */
export const hostPathVolume: VolumePlugin = {
  field: 'hostPath',
  name: 'host-path',
  async publish(volume) {
    const { path = '', type = '' } = volume.hostPath ?? {};
    const found = await stat(path).catch(() => undefined);
    if (type === 'DirectoryOrCreate' && !found) await mkdir(path, { recursive: true, mode: 0o755 });
    else if (type === 'FileOrCreate' && !found) await makeFile(path);
    else checkType(path, type, found);
    return { path, readOnly: false };
  },
};

/** A link that leads nowhere is an error: a container may have left it to have a file made elsewhere. */
async function makeFile(path: string): Promise<void> {
  await (await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o644)).close();
}

function checkType(path: string, type: string, found: Stats | undefined): void {
  const checks: Record<string, [boolean | undefined, string]> = {
    Directory: [found?.isDirectory(), 'directory'],
    DirectoryOrCreate: [found?.isDirectory(), 'directory'],
    File: [found?.isFile(), 'file'],
    FileOrCreate: [found?.isFile(), 'file'],
    Socket: [found?.isSocket(), 'socket'],
    CharDevice: [found?.isCharacterDevice(), 'character device'],
    BlockDevice: [found?.isBlockDevice(), 'block device'],
  };
  const check = checks[type];
  if (check && !check[0]) throw new Error(`hostPath type check failed: ${path} is not a ${check[1]}`);
}
