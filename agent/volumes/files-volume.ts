/** A volume whose files the agent writes, and that containers can only read. */
import { writeAtomically } from './atomic-writer.ts';
import { ensureFolder, ensureMemory, memorySize } from './folder.ts';
import type { Files } from './sources.ts';
import type { Volume, VolumeContext, VolumePlugin } from './volume.ts';

export interface FilesVolume extends Pick<VolumePlugin, 'field' | 'name'> {
  /** The files are never written to the node's disk. */
  inMemory: boolean;
  files(volume: Volume, context: VolumeContext): Promise<Files> | Files;
}

const FOLDER = { mode: 0o755 };

export function filesVolume({ field, name, inMemory, files }: FilesVolume): VolumePlugin {
  return {
    field,
    name,
    async publish(_volume, context) {
      if (inMemory) await ensureMemory(context.folder, FOLDER, memorySize(context));
      else await ensureFolder(context.folder, FOLDER);
      return { path: context.folder, readOnly: true };
    },
    async refresh(volume, context) {
      await writeAtomically(
        context.folder,
        await files(volume, context),
        context.pod.spec?.securityContext?.fsGroup,
        new Date(),
      );
    },
  };
}
