/** Commands of the terminal itself. */
import { runKubectl } from '../engine.ts';
import type { Io } from '../ports.ts';
import type { Shell } from './shell.ts';

export type Program = (words: readonly string[], shell: Shell, io: Io) => Promise<number>;

const missing = (name: string, file: string): string => `${name}: ${file}: No such file or directory\n`;

const cat: Program = async (words, { world }, io) => {
  if (words.length === 0) {
    io.out(io.stdin ?? '');
    return 0;
  }
  let code = 0;
  for (const file of words.filter((word) => !/^-[a-z]/i.test(word))) {
    const text = file === '-' ? (io.stdin ?? '') : await world.files.read(file);
    if (text === undefined) {
      io.err(missing('cat', file));
      code = 1;
    } else io.out(text);
  }
  return code;
};

const ls: Program = async (words, { world }, io) => {
  const names = words.filter((word) => !word.startsWith('-'));
  const all = await world.files.list();
  const shown = names.length === 0 ? all : all.filter((name) => names.includes(name));
  for (const name of names) if (!all.includes(name)) io.err(`ls: cannot access '${name}': No such file or directory\n`);
  if (shown.length > 0)
    io.out(words.includes('-l') || !io.tty ? shown.map((name) => `${name}\n`).join('') : `${shown.join('  ')}\n`);
  return shown.length === names.length || names.length === 0 ? 0 : 2;
};

const rm: Program = async (words, { world }, io) => {
  const names = words.filter((word) => !word.startsWith('-'));
  if (names.length === 0) {
    io.err('rm: missing operand\n');
    return 1;
  }
  let code = 0;
  for (const name of names) {
    if ((await world.files.remove(name)) || words.includes('-f')) continue;
    io.err(`rm: cannot remove '${name}': No such file or directory\n`);
    code = 1;
  }
  return code;
};

const vi: Program = async ([name, ...more], { world }, io) => {
  if (name === undefined || more.length > 0) {
    io.err('usage: vi FILE\n');
    return 2;
  }
  if (!io.edit) return 1;
  const text = await io.edit((await world.files.read(name)) ?? '', name);
  if (text !== undefined) await world.files.write(name, text);
  return 0;
};

const echo: Program = async (words, _, io) => {
  const [first, ...rest] = words;
  if (first === '-n') io.out(rest.join(' '));
  else if (first === '-e') io.out(`${rest.join(' ').replaceAll('\\n', '\n').replaceAll('\\t', '\t')}\n`);
  else io.out(`${words.join(' ')}\n`);
  return 0;
};

const tee: Program = async (words, { world }, io) => {
  const appends = words.includes('-a');
  for (const name of words.filter((word) => word !== '-a')) {
    const before = appends ? ((await world.files.read(name)) ?? '') : '';
    await world.files.write(name, before + (io.stdin ?? ''));
  }
  io.out(io.stdin ?? '');
  return 0;
};

const alias: Program = async (words, shell, io) => {
  if (words.length === 0) for (const [name, value] of [...shell.aliases].sort()) io.out(`alias ${name}='${value}'\n`);
  let code = 0;
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals > 0) shell.aliases.set(word.slice(0, equals), word.slice(equals + 1));
    else if (shell.aliases.has(word)) io.out(`alias ${word}='${shell.aliases.get(word)}'\n`);
    else {
      io.err(`alias: ${word}: not found\n`);
      code = 1;
    }
  }
  return code;
};

const unalias: Program = async (words, shell) => {
  for (const word of words) shell.aliases.delete(word);
  return 0;
};

/** Programs here have no environment: a variable that is exported is one of the terminal's. */
const exportVariables: Program = async (words, shell, io) => {
  if (words.length === 0)
    for (const [name, value] of [...shell.variables].sort()) if (name !== '?') io.out(`export ${name}='${value}'\n`);
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals > 0) shell.variables.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return 0;
};

const unset: Program = async (words, shell) => {
  for (const word of words) shell.variables.delete(word);
  return 0;
};

const history: Program = async (_, shell, io) => {
  io.out(
    shell
      .history()
      .map((line, index) => `${String(index + 1).padStart(5)}  ${line}\n`)
      .join(''),
  );
  return 0;
};

const clear: Program = async (_, __, io) => {
  io.out('\x1b[2J\x1b[3J\x1b[H');
  return 0;
};

const sleep: Program = async ([text = ''], { world }, io) => {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  if (!match) {
    io.err(text === '' ? 'sleep: missing operand\n' : `sleep: invalid time interval '${text}'\n`);
    return 1;
  }
  const unit = { '': 1, s: 1, m: 60, h: 3600 }[match[2] ?? ''] ?? 1;
  await world.clock.sleep(Number(match[1]) * unit * 1000, io.signal);
  return io.signal.aborted ? 130 : 0;
};

const SECONDS = 2;

/** Runs a line again and again, on a screen that is cleared each time. */
const watch: Program = async (words, shell, io) => {
  const rest = [...words];
  let seconds = SECONDS;
  if (/^-n/.test(rest[0] ?? '')) {
    const flag = rest.shift() as string;
    seconds = Number(flag === '-n' ? rest.shift() : flag.slice(2));
  }
  if (rest.length === 0 || !(seconds > 0)) {
    io.err('usage: watch [-n SECONDS] COMMAND\n');
    return 1;
  }
  const line = rest.length === 1 ? (rest[0] as string) : rest.map(quoted).join(' ');
  while (!io.signal.aborted) {
    let text = '';
    const add = (more: string): void => {
      text += more;
    };
    await shell.run(line, { ...io, out: add, err: add, tty: false });
    if (io.signal.aborted) break;
    const head = `Every ${seconds.toFixed(1)}s: ${line}`;
    io.out(`\x1b[2J\x1b[H${head}\n\n${text}`);
    await shell.world.clock.sleep(seconds * 1000, io.signal);
  }
  return 0;
};

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

const HELP = `kubectl, and k for short, talks to this cluster. Start with: kubectl get pods -A
  kubectl --help            what it can do; kubectl COMMAND --help for one command
  cat, ls, rm, vi, > FILE   files that this browser keeps
  kubectl apply -f - <<EOF  applies what is typed or pasted, up to the line EOF
  grep, head, tail, wc,
  sort, uniq, cut           behind a pipe: kubectl get pods | grep web
  watch LINE                runs a line every two seconds
  alias, export, unset, history, clear, echo, tee, sleep
Keys: Tab completes, Up and Down go through the history, Ctrl-C stops, Ctrl-L clears.
`;

const help: Program = async (_, __, io) => {
  io.out(HELP);
  return 0;
};

const kubectl: Program = (words, { world }, io) => runKubectl(words, world, io);

export const PROGRAMS: Readonly<Record<string, Program>> = {
  kubectl,
  cat,
  ls,
  rm,
  vi,
  vim: vi,
  nano: vi,
  echo,
  tee,
  alias,
  unalias,
  export: exportVariables,
  unset,
  history,
  clear,
  sleep,
  watch,
  help,
  true: async () => 0,
  false: async () => 1,
};
