import { mkdirSync, type Stats, statSync, writeFileSync } from 'node:fs';
import type { VolumePlugin } from './volume.ts';

/** A path of the node's own, checked or made as `type` says (kubelet `volume/hostpath/host_path.go`). */
export const hostPathVolume: VolumePlugin = {
  field: 'hostPath',
  name: 'host-path',
  async setUp(volume) {
    const { path = '', type = '' } = volume.hostPath ?? {};
    const found = statOf(path);
    if (type === 'DirectoryOrCreate' && !found) mkdirSync(path, { recursive: true, mode: 0o755 });
    else if (type === 'FileOrCreate' && !found) writeFileSync(path, '', { mode: 0o644 });
    else checkType(path, type, found);
    return path;
  },
};

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
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
