/** Runs lines: programs, joined by pipes, with files that the terminal keeps. */
import type { Io, World } from '../ports.ts';
import { PROGRAMS } from './builtins.ts';
import { assignmentsOf, expand } from './expand.ts';
import { FILTERS, type Filter, FilterError, filesOf } from './filters.ts';
import { type Pipeline, parseShell, type Stage } from './parse.ts';

const NOT_FOUND = 127;

interface Sink {
  write(text: string): void;
  end(): Promise<number>;
}

export class Shell {
  readonly world: World;
  readonly aliases = new Map([['k', 'kubectl']]);
  /** `?` is the exit code of the line before. */
  readonly variables = new Map<string, string>();
  /** Lines that were run, oldest first. */
  readonly history: () => readonly string[];

  constructor(world: World, history: () => readonly string[] = () => []) {
    this.world = world;
    this.history = history;
  }

  /** Resolves to the exit code. */
  async run(text: string, io: Io): Promise<number> {
    const parsed = parseShell(text);
    if ('error' in parsed) {
      io.err(`${parsed.error}\n`);
      return 2;
    }
    if ('more' in parsed) {
      io.err('syntax error: unexpected end of file\n');
      return 2;
    }
    let code = 0;
    for (const pipeline of parsed.pipelines) {
      if (io.signal.aborted) return 130;
      const runs = pipeline.when === 'always' || (pipeline.when === 'success') === (code === 0);
      if (!runs) continue;
      code = await this.#pipeline(pipeline, io);
      this.variables.set('?', String(code));
    }
    return code;
  }

  async #pipeline({ stages: typed, input, output }: Pipeline, io: Io): Promise<number> {
    const stop = new AbortController();
    const stopped = (): void => stop.abort();
    io.signal.addEventListener('abort', stopped, { once: true });
    try {
      const stages: Stage[] = [];
      for (const stage of typed) stages.push(await this.#valued(stage, io));
      const assignments = assignmentsOf(stages[0] as Stage);
      if (assignments) {
        for (const [name, value] of assignments) this.variables.set(name, value);
        return 0;
      }
      const stdin = await this.#input(input, io);
      if (io.signal.aborted) return 130;
      let text = '';
      const isPiped = stages.length > 1 || output !== undefined;
      const last = output ? (more: string) => (text += more) : io.out;
      const inner: Io = { ...io, signal: stop.signal, tty: io.tty && !isPiped };
      const [first, ...rest] = stages as [Stage, ...Stage[]];
      let sink: Sink | undefined;
      for (const stage of rest.reverse()) {
        const next = sink;
        const isLast = next === undefined;
        sink = this.#sink(
          stage,
          { ...inner, tty: isLast && !output ? io.tty : false },
          isLast ? last : next.write,
          next,
          stopped,
        );
      }
      const code = await this.#program(first, { ...inner, stdin, out: sink ? sink.write : last });
      const ended = sink ? await sink.end() : code;
      if (output) await this.#save(output, text);
      return ended;
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      io.err(`${error.message}\n`);
      return 2;
    } finally {
      io.signal.removeEventListener('abort', stopped);
    }
  }

  #valued(stage: Stage, io: Io): Promise<Stage> {
    return expand(stage, {
      variable: (name) => this.variables.get(name) ?? '',
      output: async (line) => {
        let printed = '';
        await this.run(line, { ...io, out: (text) => (printed += text), tty: false });
        return printed;
      },
    });
  }

  async #input(input: Pipeline['input'], io: Io): Promise<string | undefined> {
    if (!input) return io.stdin;
    if ('text' in input) return input.text;
    const text = await this.world.files.read(input.file);
    if (text === undefined) throw new FilterError(`${input.file}: No such file or directory`);
    return text;
  }

  async #save({ file, appends }: NonNullable<Pipeline['output']>, text: string): Promise<void> {
    if (file === '/dev/null') return;
    const before = appends ? ((await this.world.files.read(file)) ?? '') : '';
    await this.world.files.write(file, before + text);
  }

  /** A stage behind a pipe. Filters work line by line; other programs get everything once it is there. */
  #sink(stage: Stage, io: Io, out: (text: string) => void, next: Sink | undefined, stop: () => void): Sink {
    const words = this.#expanded(stage);
    const [name = '', ...args] = words;
    const maker = FILTERS[name];
    let text = '';
    const filter = maker && filesOf(name, args).files.length === 0 ? maker(args, out, stop) : undefined;
    return {
      write: (more) => {
        text += more;
        if (!filter) return;
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) filter.line(line);
      },
      end: async () => {
        if (filter && text !== '') filter.line(text);
        const code = filter ? filter.end() : await this.#program(stage, { ...io, stdin: text, out });
        return next ? next.end() : code;
      },
    };
  }

  async #program(stage: Stage, io: Io): Promise<number> {
    const [name = '', ...args] = this.#expanded(stage);
    const program = PROGRAMS[name];
    if (program) return program(args, this, io);
    const maker = FILTERS[name];
    if (maker) return this.#filterFiles(name, args, io);
    io.err(`${name}: command not found${name.includes('/') ? '' : ' (help tells what there is)'}\n`);
    return NOT_FOUND;
  }

  /** `grep x file`, or what is piped in. */
  async #filterFiles(name: string, args: readonly string[], io: Io): Promise<number> {
    const { words, files } = filesOf(name, args);
    const filter = (FILTERS[name] as (typeof FILTERS)[string])(words, io.out, () => {}) as Filter;
    const texts = files.length === 0 ? [io.stdin ?? ''] : [];
    for (const file of files) {
      const text = await this.world.files.read(file);
      if (text === undefined) throw new FilterError(`${name}: ${file}: No such file or directory`);
      texts.push(text);
    }
    for (const text of texts) {
      const lines = text.split('\n');
      if (lines.at(-1) === '') lines.pop();
      for (const line of lines) filter.line(line);
    }
    return filter.end();
  }

  #expanded({ words, first }: Stage): string[] {
    const seen = new Set<string>();
    let all = [...words];
    let head = first;
    while (!seen.has(head) && this.aliases.has(head)) {
      seen.add(head);
      const parsed = parseShell(this.aliases.get(head) as string);
      const expansion = 'pipelines' in parsed ? (parsed.pipelines[0]?.stages[0]?.words ?? []) : [];
      all = [...expansion, ...all.slice(1)];
      head = all[0] ?? '';
    }
    return all;
  }
}
