/** A child process that ends with this one, even when this one is killed or crashes. */
import { type ChildProcess, type IOType, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

export interface TiedOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** The child's file descriptors 0, 1, 2 and so on. */
  stdio: readonly (IOType | number)[];
  /** A temporary folder of the child's, which goes with it where this process is killed before it removes the folder. */
  removes?: string | undefined;
}

/** Seconds in which a process that was killed is surely gone, so that it makes no more files. */
const DEATH = 1;

/**
 * Runs a command in a process group of its own, so that Ctrl-C in a terminal reaches this process alone. A shell holds
 * the reading end of a pipe and becomes the command; beside it a second one waits for the pipe: a line means that the
 * command has ended, the pipe's end without one that this process has, and then the command is killed.
 */
export function spawnTied(
  command: string,
  args: readonly string[],
  { stdio, removes, ...options }: TiedOptions,
): ChildProcess {
  const pipe = stdio.length;
  const others = stdio.map((_, fd) => (fd === 0 ? '' : `${fd}>&-`)).join(' ');
  // A shell's `$$` stays the number of the process that becomes the command.
  const end = removes === undefined ? 'kill -9 $$' : `{ kill -9 $$; sleep ${DEATH}; rm -rf -- "$0"; }`;
  const script = `(trap '' INT TERM HUP; read -r ended || ${end}) <&${pipe} ${others} ${pipe}<&- & exec "$@" ${pipe}<&-`;
  const child = spawn('/bin/sh', ['-c', script, removes ?? 'sh', command, ...args], {
    ...options,
    stdio: [...stdio, 'pipe'],
    detached: true,
  });
  const tie = child.stdio[pipe] as Writable | null;
  tie?.on('error', () => {});
  // The pipe alone keeps no program running.
  (tie as (Writable & { unref?(): void }) | null)?.unref?.();
  child.once('exit', () => tie?.end('ended\n'));
  return child;
}
