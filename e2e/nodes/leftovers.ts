/** The leftovers of pods that are gone on a machine: looked for after each file of tests. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { mountTable } from '../../agent/files/mount-table.ts';
import { CriRuntime } from '../../agent/runtimes/cri/index.ts';

export interface Leftovers {
  sandboxes: string[];
  containers: string[];
  /** Pods' folders, their logs, and volumes shared by pods. */
  folders: string[];
  mounts: string[];
  networkNamespaces: string[];
  /** Files and folders that the agent holds open. */
  descriptors: string[];
}

export const NOTHING: Leftovers = {
  sandboxes: [],
  containers: [],
  folders: [],
  mounts: [],
  networkNamespaces: [],
  descriptors: [],
};

export interface LeftoverPlaces {
  endpoint: string;
  /** The agent's state folder, and its process. */
  agentState: string;
  agentPid: number;
  /** The runtime's own folder: each pod and container has mounts in it. */
  runtimeFolder: string;
  /** Network namespaces from before the first pod. */
  namespacesBefore: ReadonlySet<string>;
}

export async function leftovers(places: LeftoverPlaces): Promise<Leftovers> {
  const { endpoint, agentState, agentPid, runtimeFolder, namespacesBefore } = places;
  const runtime = new CriRuntime(endpoint);
  try {
    return {
      sandboxes: (await runtime.sandboxes()).map(({ id, metadata }) => `${metadata.name} ${id}`),
      containers: (await runtime.containers()).map(({ id, name }) => `${name} ${id}`),
      folders: ['pods', 'logs', 'staging'].flatMap((folder) => named(join(agentState, folder))),
      mounts: (await mountTable())
        .map(({ point }) => point)
        // The agent has made the pods' folder a mount of its own, so that mounts within are shared.
        .filter(
          (point) =>
            (point.startsWith(`${agentState}/`) && point !== `${agentState}/pods`) ||
            point.startsWith(`${runtimeFolder}/state/`),
        ),
      networkNamespaces: networkNamespaces().filter((name) => !namespacesBefore.has(name)),
      descriptors: openFiles(agentPid).filter((path) => path.startsWith(agentState) || path.startsWith(runtimeFolder)),
    };
  } finally {
    runtime.close();
  }
}

export function networkNamespaces(): string[] {
  return named('/run/netns');
}

function openFiles(pid: number): string[] {
  return named(`/proc/${pid}/fd`).flatMap((path) => {
    try {
      return [readlinkSync(path)];
    } catch {
      return [];
    }
  });
}

/** Full paths; none when the folder is not there. */
function named(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The process that a command runs beneath itself. */
export function childOf(pid: number | undefined): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
}
