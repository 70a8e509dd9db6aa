// npm puts a shell between itself and what it starts, and a shell that is ended tells its child nothing; npm that is
// killed tells the shell nothing. Plain JavaScript that Node 20 runs.
import { readFileSync } from 'node:fs';

/**
 * Calls `act` once when the npm that this process was started by is gone, or its shell. Returns a function that ends
 * the check.
 */
export function whenNpmEnds(act) {
  if (!process.env.npm_lifecycle_event) return () => {};
  const parent = process.ppid;
  const npm = isShell(parent) ? parentOf(parent) : undefined;
  const look = setInterval(() => {
    // The parent's parent cannot be read while this process has too many files open.
    const above = npm && parentOf(parent);
    if (process.ppid === parent && (above === undefined || above === npm)) return;
    clearInterval(look);
    act();
  }, 250);
  look.unref();
  return () => clearInterval(look);
}

/** A shell that replaced itself with this process is not there: above npm are people's own shells, which may end. */
function isShell(pid) {
  return read(pid, 'cmdline')?.split('\0')[1] === '-c';
}

/** undefined where the system has no /proc. */
function parentOf(pid) {
  const stat = read(pid, 'stat');
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
