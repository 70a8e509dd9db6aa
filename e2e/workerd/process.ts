/** A running workerd, as the system sees it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** workerd's process, for the `islet up` that holds this state folder. */
export function serverPid(state: string): number {
  const { server } = JSON.parse(readFileSync(join(state, 'lock'), 'utf8')) as { server: { pid: number } };
  return server.pid;
}

/** A zombie, which waits for its parent to take note, runs no more. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The processes that this one has started and that have not ended. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

/** Resident memory in MB. */
export function residentMB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** CPU time used so far, in clock ticks (10 ms). */
export function clockTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** The number of times that its threads have woken up so far. */
export function wakeUps(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const counts = tasks.map((task) => {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
    return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1]);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
