/** Reads a command line as pflag does: flags and arguments in any order, `--` ends the flags. */
import { complaint, type Flag } from './define.ts';

export interface Parsed {
  args: string[];
  given: Map<string, string[]>;
  /** The number of arguments before `--`; -1 where there is none. */
  dash: number;
  /** Help was asked for. */
  help: boolean;
}

/** Or the reason why not, in pflag's words. */
export function parseFlags(words: readonly string[], flags: ReadonlyMap<string, Flag>): Parsed | string {
  const parsed: Parsed = { args: [], given: new Map(), dash: -1, help: false };
  const byShort = new Map([...flags.values()].flatMap((flag) => (flag.short ? [[flag.short, flag] as const] : [])));
  const rest = [...words];
  const set = (flag: Flag, value: string): string | undefined => {
    const why = complaint(flag.kind, value);
    if (why !== undefined) {
      const name = flag.short ? `-${flag.short}, --${flag.name}` : `--${flag.name}`;
      return `invalid argument ${JSON.stringify(value)} for ${JSON.stringify(name)} flag: ${why}`;
    }
    parsed.given.set(flag.name, [...(parsed.given.get(flag.name) ?? []), value]);
    return undefined;
  };
  for (;;) {
    const word = rest.shift();
    if (word === undefined) return parsed;
    if (!word.startsWith('-') || word === '-') {
      parsed.args.push(word);
      continue;
    }
    if (word === '--') {
      parsed.dash = parsed.args.length;
      parsed.args.push(...rest);
      return parsed;
    }
    const failed = word.startsWith('--') ? long(word) : shorts(word);
    if (failed !== undefined) return failed;
  }

  function long(word: string): string | undefined {
    const body = word.slice(2);
    if (body === '' || body.startsWith('-') || body.startsWith('=')) return `bad flag syntax: ${word}`;
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const flag = flags.get(name);
    if (!flag) {
      if (name === 'help') {
        parsed.help = true;
        return undefined;
      }
      return `unknown flag: --${name}`;
    }
    if (equals >= 0) return set(flag, body.slice(equals + 1));
    if (flag.bare !== undefined) return set(flag, flag.bare);
    const value = rest.shift();
    return value === undefined ? `flag needs an argument: --${name}` : set(flag, value);
  }

  function shorts(word: string): string | undefined {
    let letters = word.slice(1);
    while (letters !== '') {
      const letter = letters[0] as string;
      const flag = byShort.get(letter);
      if (!flag) {
        if (letter === 'h') {
          parsed.help = true;
          return undefined;
        }
        return `unknown shorthand flag: '${letter}' in -${letters}`;
      }
      const after = letters.slice(1);
      if (after.length > 1 && after.startsWith('=')) return set(flag, after.slice(1));
      if (flag.bare !== undefined) {
        const failed = set(flag, flag.bare);
        if (failed !== undefined) return failed;
        letters = after;
        continue;
      }
      if (after !== '') return set(flag, after);
      const value = rest.shift();
      return value === undefined ? `flag needs an argument: '${letter}' in -${letters}` : set(flag, value);
    }
    return undefined;
  }
}
