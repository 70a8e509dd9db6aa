/** The small filters that pipes lead to, line by line: grep, head, tail, wc, sort, uniq, cut. */

export interface Filter {
  line(text: string): void;
  /** The exit code. */
  end(): number;
}

/** `done`: nothing more is wanted. */
export type FilterMaker = (words: readonly string[], out: (text: string) => void, done: () => void) => Filter;

/** Told as it is. */
export class FilterError extends Error {}

interface Options {
  flags: Map<string, string>;
  rest: string[];
}

/** `withValue`: letters whose flags have a value. */
function read(name: string, words: readonly string[], letters: string, withValue: string): Options {
  const flags = new Map<string, string>();
  const rest: string[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      rest.push(...queue);
      break;
    }
    if (!/^-./.test(word)) {
      rest.push(word);
      continue;
    }
    if (/^-\d+$/.test(word) && withValue.includes('n')) {
      flags.set('n', word.slice(1));
      continue;
    }
    let body = word.slice(1);
    while (body !== '') {
      const letter = body[0] as string;
      body = body.slice(1);
      if (withValue.includes(letter)) {
        const value = body !== '' ? body : queue.shift();
        if (value === undefined) throw new FilterError(`${name}: option requires an argument -- '${letter}'`);
        flags.set(letter, value);
        body = '';
      } else if (letters.includes(letter)) flags.set(letter, '');
      else throw new FilterError(`${name}: invalid option -- '${letter}'`);
    }
  }
  return { flags, rest };
}

const grep: FilterMaker = (words, out) => {
  const { flags, rest } = read('grep', words, 'ivEFcnowqx', 'eABCm');
  const pattern = flags.get('e') ?? rest.shift();
  if (pattern === undefined) throw new FilterError('usage: grep [-ivEFcnowq] [-A N] [-B N] PATTERN');
  const expression = expressionOf(pattern, flags);
  const [before, after] = ['B', 'A'].map((letter) => Number(flags.get(letter) ?? flags.get('C') ?? 0)) as [
    number,
    number,
  ];
  const kept: [number, string][] = [];
  let [number, count, owed, last] = [0, 0, 0, 0];
  const show = (at: number, text: string, mark: string): void => {
    if (flags.has('c') || flags.has('q')) return;
    if ((before > 0 || after > 0) && last > 0 && at > last + 1) out('--\n');
    last = at;
    out(`${flags.has('n') ? `${at}${mark}` : ''}${text}\n`);
  };
  return {
    line: (text) => {
      number++;
      const found = [...text.matchAll(expression)];
      if (found.length > 0 !== flags.has('v')) {
        count++;
        for (const [at, line] of kept.splice(0)) show(at, line, '-');
        if (flags.has('o')) for (const [part] of found) show(number, part, ':');
        else show(number, text, ':');
        owed = after;
      } else if (owed-- > 0) show(number, text, '-');
      else {
        kept.push([number, text]);
        if (kept.length > before) kept.shift();
      }
    },
    end: () => {
      if (flags.has('c')) out(`${count}\n`);
      return count > 0 ? 0 : 1;
    },
  };
};

function expressionOf(pattern: string, flags: ReadonlyMap<string, string>): RegExp {
  let source = pattern;
  if (flags.has('F')) source = source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // In basic expressions these mean themselves, and with a backslash what they mean in extended ones.
  else if (!flags.has('E'))
    source = source.replace(/\\?[+?|(){}]/g, (found) => (found.startsWith('\\') ? found.slice(1) : `\\${found}`));
  if (flags.has('w')) source = `\\b(?:${source})\\b`;
  if (flags.has('x')) source = `^(?:${source})$`;
  try {
    return new RegExp(source, flags.has('i') ? 'gi' : 'g');
  } catch {
    throw new FilterError(`grep: invalid regular expression: ${pattern}`);
  }
}

const head: FilterMaker = (words, out, done) => {
  const limit = Number(read('head', words, '', 'n').flags.get('n') ?? 10);
  let count = 0;
  if (limit === 0) done();
  return {
    line: (text) => {
      if (count++ < limit) out(`${text}\n`);
      if (count >= limit) done();
    },
    end: () => 0,
  };
};

const tail: FilterMaker = (words, out) => {
  const given = read('tail', words, 'f', 'n').flags.get('n') ?? '10';
  const from = given.startsWith('+') ? Number(given) : undefined;
  const kept: string[] = [];
  let number = 0;
  return {
    line: (text) => {
      number++;
      if (from !== undefined) {
        if (number >= from) out(`${text}\n`);
        return;
      }
      kept.push(text);
      if (kept.length > Number(given)) kept.shift();
    },
    end: () => {
      for (const text of kept) out(`${text}\n`);
      return 0;
    },
  };
};

const wc: FilterMaker = (words, out) => {
  const { flags } = read('wc', words, 'lwcm', '');
  const counts = { l: 0, w: 0, c: 0 };
  return {
    line: (text) => {
      counts.l++;
      counts.w += text.split(/\s+/).filter(Boolean).length;
      counts.c += new TextEncoder().encode(text).length + 1;
    },
    end: () => {
      const shown = (['l', 'w', 'c'] as const).filter((letter) => flags.size === 0 || flags.has(letter));
      out(
        `${shown.map((letter) => (shown.length > 1 ? String(counts[letter]).padStart(7) : counts[letter])).join(' ')}\n`,
      );
      return 0;
    },
  };
};

const sort: FilterMaker = (words, out) => {
  const { flags } = read('sort', words, 'rnuf', 'kt');
  const all: string[] = [];
  const column = Number.parseInt(flags.get('k') ?? '0', 10);
  const keyOf = (text: string): string => {
    const parts = flags.has('t') ? text.split(flags.get('t') as string) : text.trim().split(/\s+/);
    const key = column > 0 ? (parts[column - 1] ?? '') : text;
    return flags.has('f') ? key.toLowerCase() : key;
  };
  const compare = (a: string, b: string): number => {
    const [x, y] = [keyOf(a), keyOf(b)];
    const difference = flags.has('n') ? (Number.parseFloat(x) || 0) - (Number.parseFloat(y) || 0) : 0;
    return difference || (x < y ? -1 : x > y ? 1 : a < b ? -1 : 1);
  };
  return {
    line: (text) => void all.push(text),
    end: () => {
      const sorted = all.sort(compare);
      if (flags.has('r')) sorted.reverse();
      for (const text of flags.has('u') ? new Set(sorted) : sorted) out(`${text}\n`);
      return 0;
    },
  };
};

const uniq: FilterMaker = (words, out) => {
  const { flags } = read('uniq', words, 'c', '');
  let [last, count] = [undefined as string | undefined, 0];
  const flush = (): void => {
    if (last !== undefined) out(flags.has('c') ? `${String(count).padStart(7)} ${last}\n` : `${last}\n`);
  };
  return {
    line: (text) => {
      if (text !== last) {
        flush();
        count = 0;
      }
      last = text;
      count++;
    },
    end: () => {
      flush();
      return 0;
    },
  };
};

const cut: FilterMaker = (words, out) => {
  const { flags } = read('cut', words, 's', 'dfc');
  const list = flags.get('f') ?? flags.get('c');
  if (list === undefined) throw new FilterError('cut: you must specify a list of characters or fields');
  const delimiter = flags.get('d') ?? '\t';
  const ranges = list.split(',').map((range) => {
    const [from = '', to = from] = range.split('-');
    return [Number(from || 1), range.endsWith('-') ? Number.POSITIVE_INFINITY : Number(to)] as const;
  });
  const isWanted = (index: number): boolean => ranges.some(([from, to]) => index + 1 >= from && index + 1 <= to);
  return {
    line: (text) => {
      if (flags.has('f') && !text.includes(delimiter)) {
        if (!flags.has('s')) out(`${text}\n`);
        return;
      }
      const parts = flags.has('f') ? text.split(delimiter) : [...text];
      out(`${parts.filter((_, index) => isWanted(index)).join(flags.has('f') ? delimiter : '')}\n`);
    },
    end: () => 0,
  };
};

/** A pager: all of its output can be scrolled back to. */
const through: FilterMaker = (_, out) => ({ line: (text) => out(`${text}\n`), end: () => 0 });

export const FILTERS: Readonly<Record<string, FilterMaker>> = {
  grep,
  egrep: (words, ...rest) => grep(['-E', ...words], ...rest),
  head,
  tail,
  wc,
  sort,
  uniq,
  cut,
  less: through,
  more: through,
};

/** Files that stand behind the options of a filter: `grep x file`, `head file`. */
export function filesOf(name: string, words: readonly string[]): { words: string[]; files: string[] } {
  const withValue: Readonly<Record<string, string>> = {
    grep: 'eABCm',
    egrep: 'eABCm',
    head: 'n',
    tail: 'n',
    sort: 'kt',
    cut: 'dfc',
  };
  const kept: string[] = [];
  const files: string[] = [];
  const needsPattern = (name === 'grep' || name === 'egrep') && !words.includes('-e');
  let hasPattern = !needsPattern;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (/^-./.test(word)) {
      kept.push(word);
      const letter = word.at(-1) as string;
      if (word.length === 2 && withValue[name]?.includes(letter) && words[at + 1] !== undefined)
        kept.push(words[++at] as string);
    } else if (hasPattern) files.push(word);
    else {
      kept.push(word);
      hasPattern = true;
    }
  }
  return { words: kept, files };
}
