/** The termination message of an ended container (kubelet `kuberuntime_container.go`, getTerminationMessage). */
import { openRegular } from '../../files/open.ts';
import type { ContainerDetail, Runtime } from '../../runtimes/runtime.ts';
import { TERMINATION_PATH, TERMINATION_POLICY } from '../labels.ts';

const LIMIT = 4096;
const LOG_LINES = 80;
const LOG_LIMIT = 2048;

/**
 * The runtime's words, and behind them the file that the container may have written, or the end of its log if the
 * policy says so.
 */
export async function terminationMessage(
  detail: ContainerDetail,
  runtime: Pick<Runtime, 'logs'>,
): Promise<string | undefined> {
  const path = detail.annotations[TERMINATION_PATH];
  // The last mount at a path is the one that the container saw.
  const mount = detail.mounts.findLast(({ containerPath }) => containerPath === path);
  const written = mount && (await readEnd(mount.hostPath));
  const fromLog = detail.annotations[TERMINATION_POLICY] === 'FallbackToLogsOnError' && detail.exitCode !== 0;
  const said = written || (fromLog ? await endOfLog(detail.id, runtime) : undefined);
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

async function endOfLog(id: string, runtime: Pick<Runtime, 'logs'>): Promise<string> {
  let end = Buffer.alloc(0);
  const options = { follow: false, previous: false, timestamps: false, tailLines: LOG_LINES };
  try {
    await runtime.logs(id, options, {
      stopped: () => false,
      write: async (data) => {
        end = Buffer.concat([end, data]).subarray(-LOG_LIMIT);
      },
    });
  } catch (error) {
    return `Error on reading termination message from logs: ${(error as Error).message}`;
  }
  return end.toString();
}
