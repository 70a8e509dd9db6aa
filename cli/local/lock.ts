/**
 * One service per state folder. The lock names the process that holds it and the workerd it started, each with its
 * start time, so that a number the system has given to another process since is not taken for theirs.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fail } from './user-error.ts';

interface Running {
  pid: number;
  started: string;
}

interface Holder extends Running {
  server?: Running;
}

export interface Lock {
  /** Notes the server process, so that the next run can end one that outlived a killed command. */
  owns(serverPid: number): void;
  release(): void;
}

/** A server that has been told to die has no more work to finish. */
const DEATH_MS = 5000;

/** Throws a UserError when a living process holds the folder. Ends the server of one that was killed. */
export async function lockFolder(file: string, folder: string): Promise<Lock> {
  const me: Holder = { pid: process.pid, started: startTime(process.pid) ?? '' };
  for (let tries = 0; tries < 3; tries++) {
    try {
      create(file, JSON.stringify(me));
      return {
        owns(pid) {
          // A reader never meets half a file.
          writeFileSync(`${file}.new`, JSON.stringify({ ...me, server: { pid, started: startTime(pid) ?? '' } }));
          renameSync(`${file}.new`, file);
        },
        release: () => rmSync(file, { force: true }),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const text = read(file);
    const holder = text === undefined ? undefined : parse(text);
    if (holder && isAlive(holder)) {
      fail(
        `Islet is running on ${folder} already (process ${holder.pid}): stop it, or choose another folder with --state DIR`,
      );
    }
    if (holder?.server) await end(holder.server);
    if (text !== undefined) remove(file, text);
  }
  return fail(`cannot lock ${folder}: remove ${file} if no Islet is running on it`);
}

/**
 * Throws EEXIST where it is there. It is never there by half: another start would take that for what was left behind, and
 * both would have the folder.
 */
function create(file: string, text: string): void {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // Not every file system has links.
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

/** Removes a lock that was looked at. Another start may have removed it meanwhile and written its own, which stays. */
function remove(file: string, seen: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== seen) linkSync(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}

function isAlive({ pid, started }: Running): boolean {
  const now = startTime(pid);
  return now !== undefined && now === started;
}

/** The server's port and its database are free when this resolves. */
async function end(server: Running): Promise<void> {
  for (let waited = 0; isAlive(server) && waited < DEATH_MS; waited += 10) {
    try {
      process.kill(server.pid, 'SIGKILL');
    } catch {
      return; // The server ended by itself.
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Text that is the same for as long as the process lives; undefined when no process has this number. */
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
