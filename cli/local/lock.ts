/**
 * One service per state folder. The lock names the process that holds it and the workerd it started, each with its start
 * time, so that a number the system has given to somebody else since is not taken for ours.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fail } from './user-error.ts';

interface Holder {
  pid: number;
  started: string;
  server?: { pid: number; started: string };
}

export interface Lock {
  /** Notes the server process, so that the next run can end one that outlived a killed command. */
  owns(serverPid: number): void;
  release(): void;
}

/** Throws a UserError when a living process holds the folder. */
export function lockFolder(file: string, folder: string): Lock {
  const me: Holder = { pid: process.pid, started: startTime(process.pid) ?? '' };
  for (let tries = 0; tries < 3; tries++) {
    try {
      writeFileSync(file, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
      return {
        owns(pid) {
          writeFileSync(file, JSON.stringify({ ...me, server: { pid, started: startTime(pid) ?? '' } }));
        },
        release: () => rmSync(file, { force: true }),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = read(file);
    if (holder && isAlive(holder)) {
      fail(
        `Islet is running on ${folder} already (process ${holder.pid}): stop it, or choose another folder with --state DIR`,
      );
    }
    if (holder?.server && isAlive(holder.server)) endQuietly(holder.server.pid);
    rmSync(file, { force: true });
  }
  return fail(`cannot lock ${folder}: remove ${file} if no Islet is running on it`);
}

function read(file: string): Holder | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: { pid: number; started: string }): boolean {
  const now = startTime(pid);
  return now !== undefined && now === started;
}

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Text that is the same for as long as the process lives; undefined when there is none of this number. */
function startTime(pid: number): string | undefined {
  try {
    if (existsSync('/proc/self/stat')) {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie holds nothing any more.
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
