// The toolchain of every script: the packages installed, and Node 24 (from the registry package) ahead in PATH.
// Plain JavaScript that Node 20 runs.
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whenNpmEnds } from '../cli/npm-parent.mjs';

// import.meta.dirname is missing in the first releases of Node 20.
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const BIN = join(MODULES, '.bin');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Its first line says what is installed, `run` or `all`; the rest is the lock file that it was installed by. */
const STAMP = join(MODULES, '.islet-installed');

/**
 * Installs packages when they are missing or the lock file has changed since: for `run` those that the service and the
 * command line need, for `all` those of tests and checks too. Exits with one clear line on failure.
 */
export async function ensureInstalled(level = 'all') {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    fail(
      `Islet needs Node 20.11 or newer; this is Node ${process.versions.node}: install one from https://nodejs.org.`,
    );
  }
  // Another clone's: npm would empty it first, whatever is running from it.
  if (existsSync(BIN) && lstatSync(MODULES).isSymbolicLink()) return;
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const [installed, ...rest] = existsSync(STAMP) ? readFileSync(STAMP, 'utf8').split('\n') : [];
  const isCurrent = rest.join('\n') === lock;
  if (isCurrent && (installed === 'all' || installed === level)) return;
  const stopShowing = showTime(level === 'run' ? 'installing packages …' : 'installing packages of tests and checks …');
  // `ci` empties the folder first; `install` adds what is missing, so that a service may go on running from it.
  const command = isCurrent ? ['install', '--no-save'] : ['ci'];
  const omit = level === 'run' ? ['--omit=dev'] : [];
  let output = '';
  const status = await run(
    'npm',
    [...command, ...omit, '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
    {
      env: { ...process.env, NODE_ENV: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      heard: (chunk) => (output += chunk),
    },
  );
  stopShowing();
  if (status !== 0) fail(installFailure(command[0], output));
  writeFileSync(STAMP, `${level}\n${lock}`);
}

/** The next step, and what npm said without its stacks. The npm of the first releases of Node 20 says `ERR!`. */
export function installFailure(command, output) {
  const said = output.split('\n').filter((line) => line.trim() !== '');
  const errors = said.filter((line) => /^npm (error|ERR!) [^\s}]/.test(line));
  const lines = errors.length > 0 ? errors : said.slice(-10);
  const isOffline = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|ERR_SOCKET_TIMEOUT/.test(output);
  const advice = isOffline
    ? 'is the registry in reach (`npm config get registry`)? Then start again'
    : 'start again when its reason is gone';
  return [`npm ${command} did not finish: ${advice}`, ...lines.slice(0, 10)].join('\n');
}

/** At a terminal the seconds are counted behind the text. Returns what ends that. */
function showTime(text) {
  if (!process.stderr.isTTY) {
    console.error(text);
    return () => {};
  }
  const started = Date.now();
  const show = () => process.stderr.write(`\r${text} ${Math.round((Date.now() - started) / 1000)} s`);
  process.stderr.write(text);
  const timer = setInterval(show, 1000);
  return () => {
    clearInterval(timer);
    process.stderr.write('\n');
  };
}

/** The environment for child processes: the packages' commands and their Node 24 come first. */
export function withNode24(extra = {}) {
  return { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ''}`, ...extra };
}

/**
 * A second shell waits beside the command for the end of a pipe, which means that this process was killed, and then
 * asks the command to end. A line in the pipe means that the command has ended. `$$` stays the number of what follows
 * `exec`.
 */
const TIE = `(trap '' INT TERM HUP; read -r ended || kill -TERM $$) <&3 1>&- 2>&- 3<&- & exec "$@" 3<&-`;

/**
 * Runs a command to its end, and resolves to its exit code. Signals are passed on, and so are the end of npm and the
 * death of this process. `heard` is given what comes through pipes.
 */
export function run(command, args, options = {}) {
  const { stdio = ['inherit', 'inherit', 'inherit'], env = withNode24(), heard = () => {} } = options;
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', TIE, 'sh', command, ...args], { cwd: ROOT, stdio: [...stdio, 'pipe'], env });
    const tie = child.stdio[3];
    tie.on('error', () => {});
    child.once('exit', () => tie.end('ended\n'));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => heard(String(chunk)));
    const end = (signal) => child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, end);
    const stopLooking = whenNpmEnds(() => end('SIGTERM'));
    const ended = (code) => {
      for (const signal of SIGNALS) process.off(signal, end);
      stopLooking();
      resolve(code ?? 1);
    };
    child.once('error', () => ended(127));
    child.once(child.stdout ? 'close' : 'exit', ended);
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
