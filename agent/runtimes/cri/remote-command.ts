/** exec and attach on CRI's streaming server: remotecommand v4 over SPDY, a stream for each of the command's. */
import { text } from 'node:stream/consumers';
import type { Status } from '../../../kube/machinery/status.ts';
import { SpdyConnection } from '../../spdy/connection.ts';
import type { CommandEnd, CommandStreams, StreamFlags } from '../runtime.ts';
import { upgradeToSpdy } from './upgrade.ts';

export async function openCommand(url: string, flags: StreamFlags, signal: AbortSignal): Promise<CommandStreams> {
  const connection = new SpdyConnection(await upgradeToSpdy(url, 'v4.channel.k8s.io', signal));
  const stream = (wanted: boolean, streamtype: string) => (wanted ? connection.open({ streamtype }) : undefined);
  const error = connection.open({ streamtype: 'error' });
  const stdin = stream(flags.stdin, 'stdin');
  const stdout = stream(flags.stdout, 'stdout');
  const stderr = stream(flags.stderr && !flags.tty, 'stderr');
  const sizes = stream(flags.tty, 'resize');
  // The status comes last, when all output has been sent.
  const ended = text(error).then((status) => {
    if (status === '' && error.failure) throw error.failure;
    connection.finish();
    return endOf(status);
  });
  ended.catch(() => {});
  return {
    stdin,
    stdout,
    stderr,
    resize: (width, height) => void sizes?.write(JSON.stringify({ Width: width, Height: height })),
    ended,
  };
}

/** Reads the error stream (`remotecommand.go`, V4WriteStatusFunc). An empty one is a success. */
function endOf(text: string): CommandEnd {
  if (text === '') return { exitCode: 0, message: '' };
  let status: Partial<Status>;
  try {
    status = JSON.parse(text) as Partial<Status>;
  } catch {
    return { message: text };
  }
  const { message = '' } = status;
  if (status.status === 'Success') return { exitCode: 0, message };
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  return code === undefined ? { message } : { exitCode: Number(code), message };
}
