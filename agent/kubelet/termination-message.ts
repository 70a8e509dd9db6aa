/** What an ended container says of its end (kubelet `kuberuntime_container.go`, getTerminationMessage). */
import { openRegular } from '../files/open.ts';
import type { ContainerDetail } from '../runtimes/runtime.ts';
import { tailMessage } from '../streams/log-file.ts';
import { TERMINATION_PATH, TERMINATION_POLICY } from './labels.ts';

const LIMIT = 4096;

/** The runtime's words, and behind them the file that the container may have written, or the end of its log if the policy says so. */
export async function terminationMessage(detail: ContainerDetail): Promise<string | undefined> {
  const path = detail.annotations[TERMINATION_PATH];
  // The last mount at a path is the one that the container saw.
  const mount = detail.mounts.findLast(({ containerPath }) => containerPath === path);
  const written = mount && (await readEnd(mount.hostPath));
  const fromLog = detail.annotations[TERMINATION_POLICY] === 'FallbackToLogsOnError' && detail.exitCode !== 0;
  const said = written || (fromLog ? await tailMessage(detail.logPath) : undefined);
  return [detail.message, said].filter(Boolean).join(': ') || undefined;
}

/** At most the last 4 KiB. The container chose what kind of file it is: a FIFO must not block the agent. */
async function readEnd(path: string): Promise<string> {
  try {
    await using file = await openRegular(path);
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, LIMIT));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? '' : `Error on reading termination log ${path}: ${message}`;
  }
}
