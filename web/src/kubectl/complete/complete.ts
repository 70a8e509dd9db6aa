/** The completions of a line: commands, types, names from the cluster, flags and their values, containers, files. */
import { Client } from '../api/client.ts';
import { Discovery, type Mapping, pathOf } from '../api/discovery.ts';
import { type Command, commandPath, findCommand, flagsOf } from '../command.ts';
import { KUBECTL } from '../commands/table.ts';
import { type Flag, splitSlice } from '../flags/define.ts';
import type { World } from '../ports.ts';
import { PROGRAMS } from '../shell/builtins.ts';
import { FILTERS } from '../shell/filters.ts';

export interface Completions {
  /** The part of the line before the cursor that is being completed. */
  word: string;
  /** Each begins with `word`. */
  choices: string[];
}

const MOST = 500;

export async function complete(line: string, world: World, aliases: ReadonlyMap<string, string>): Promise<Completions> {
  const words = wordsOf(line);
  const word = words.pop() ?? '';
  const [given, ...rest] = words;
  const first = given === undefined ? undefined : (aliases.get(given) ?? given);
  const none = { word, choices: [] };
  try {
    if (first === undefined)
      return choose(word, [...Object.keys(PROGRAMS), ...Object.keys(FILTERS), ...aliases.keys()]);
    if (first !== 'kubectl' && first !== 'watch') return choose(word, await world.files.list());
    const inner =
      first === 'watch'
        ? rest.slice(rest.findIndex((each) => each === 'kubectl' || aliases.get(each) === 'kubectl') + 1)
        : rest;
    return await new Completer(world).complete(inner, word);
  } catch {
    // A cluster that does not answer completes nothing.
    return none;
  }
}

/** Of the last command of a line; the last word may be empty. */
function wordsOf(line: string): string[] {
  const last = line.split(/[|;]|&&/).at(-1) ?? '';
  return last.trimStart().split(/\s+/);
}

function choose(word: string, choices: Iterable<string>): Completions {
  const fitting = [...new Set(choices)].filter((choice) => choice.startsWith(word)).sort();
  return { word, choices: fitting.slice(0, MOST) };
}

class Completer {
  readonly #world: World;
  readonly #client: Client;
  readonly #discovery: Discovery;

  constructor(world: World) {
    this.#world = world;
    this.#client = new Client(world.api, new AbortController().signal, {}, () => {});
    this.#discovery = new Discovery(this.#client);
  }

  async complete(words: readonly string[], word: string): Promise<Completions> {
    const { path, words: left } = findCommand(KUBECTL, words);
    const command = path.at(-1) as Command;
    const flags = flagsOf(path);
    const args = argumentsOf(left, flags);
    if (commandPath(path) === 'kubectl help')
      return choose(
        word,
        (KUBECTL.commands ?? []).map(({ name }) => name),
      );
    if (args.flag) return this.#value(args.flag, word, '', left, args.words);
    if (word.startsWith('-')) return this.#flag(word, flags, left, args.words);
    if (command.commands && args.words.length === 0) {
      const names = command.commands.map(({ name }) => name);
      if (!command.run || word !== '') return choose(word, names);
    }
    return this.#argument(command, args.words, word, left);
  }

  #flag(
    word: string,
    flags: ReadonlyMap<string, Flag>,
    left: readonly string[],
    args: readonly string[],
  ): Promise<Completions> | Completions {
    const [, name, value] = /^--([\w-]+)=(.*)$/.exec(word) ?? [];
    const flag = name === undefined ? undefined : flags.get(name);
    if (flag) return this.#value(flag, value ?? '', `--${name}=`, left, args);
    const shown = [...flags.values()].filter(({ hidden }) => !hidden);
    if (word === '-')
      return choose(
        word,
        shown.flatMap(({ name: long, short }) => [`--${long}`, ...(short ? [`-${short}`] : [])]),
      );
    return choose(
      word,
      shown.map((each) => (each.bare === undefined ? `--${each.name}=` : `--${each.name}`)),
    );
  }

  async #value(
    flag: Flag,
    value: string,
    prefix: string,
    left: readonly string[],
    args: readonly string[],
  ): Promise<Completions> {
    const namespace = this.#namespace(left);
    let choices: readonly string[] = flag.choices ?? [];
    if (flag.name === 'namespace') choices = await this.#names('namespaces', '');
    else if (flag.name === 'container') choices = await this.#containers(args[0] ?? '', namespace);
    else if (/file/.test(flag.name)) choices = [...(await this.#world.files.list()), '-'];
    const { word, choices: fitting } = choose(value, choices);
    return { word: prefix + word, choices: fitting.map((choice) => prefix + choice) };
  }

  async #argument(
    command: Command,
    args: readonly string[],
    word: string,
    left: readonly string[],
  ): Promise<Completions> {
    const kind = command.completes ?? 'nothing';
    const namespace = this.#namespace(left);
    if (typeof kind !== 'string') return choose(word, args.length === 0 ? kind : await this.#types());
    if (kind === 'files') return choose(word, await this.#world.files.list());
    if (kind === 'nothing') return { word, choices: [] };
    if (kind === 'types') return choose(word, await this.#types());
    const slash = word.indexOf('/');
    if (slash > 0) {
      const type = word.slice(0, slash);
      return choose(
        word,
        (await this.#names(type, namespace)).map((name) => `${type}/${name}`),
      );
    }
    if (kind.startsWith('names:')) return choose(word, await this.#names(kind.slice('names:'.length), namespace));
    if (args.length === 0) {
      const types = await this.#types();
      const comma = word.lastIndexOf(',') + 1;
      const before = word.slice(0, comma);
      return choose(
        word,
        types.map((type) => before + type),
      );
    }
    if (args[0]?.includes('/')) return { word, choices: [] };
    const taken = new Set(args.slice(1));
    return choose(
      word,
      (await this.#names(args[0] as string, namespace)).filter((name) => !taken.has(name)),
    );
  }

  async #types(): Promise<string[]> {
    const all = (await this.#discovery.preferred()).filter(({ verbs }) => verbs.length > 0);
    const seen = new Map<string, Mapping[]>();
    for (const mapping of all) seen.set(mapping.resource, [...(seen.get(mapping.resource) ?? []), mapping]);
    return [...seen].flatMap(([resource, mappings]) =>
      mappings.map(({ group }, index) => (index === 0 || group === '' ? resource : `${resource}.${group}`)),
    );
  }

  async #names(type: string, namespace: string): Promise<string[]> {
    const mapping = await this.#discovery.find(type.split(',')[0] as string);
    const path = pathOf(mapping, mapping.namespaced ? namespace : '');
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
    const { items } = await this.#client.json<{ items: { metadata: { name: string } }[] }>(path, {
      accept,
      query: { limit: String(MOST) },
    });
    return items.map(({ metadata }) => metadata.name);
  }

  async #containers(pod: string, namespace: string): Promise<string[]> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.replace(/^pods?\//, '')}`;
    const { spec } = await this.#client.get<{ spec: Record<string, { name: string }[] | undefined> }>(path);
    return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
      (spec[field] ?? []).map(({ name }) => name),
    );
  }

  #namespace(words: readonly string[]): string {
    for (const [index, word] of words.entries()) {
      const [, inline] = /^(?:-n=?|--namespace=)(.+)$/.exec(word) ?? [];
      if (inline) return inline;
      if ((word === '-n' || word === '--namespace') && words[index + 1]) return words[index + 1] as string;
    }
    return this.#world.config.namespace || 'default';
  }
}

/** `flag`: the last word is one that wants a value. */
function argumentsOf(words: readonly string[], flags: ReadonlyMap<string, Flag>): { words: string[]; flag?: Flag } {
  const byShort = new Map([...flags.values()].map((flag) => [flag.short, flag]));
  const args: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') {
      args.push(...(args.length === 0 ? [word] : splitSlice(word)));
      continue;
    }
    if (word.includes('=')) continue;
    const flag = word.startsWith('--') ? flags.get(word.slice(2)) : byShort.get(word.at(-1));
    if (!flag || flag.bare !== undefined) continue;
    if (word.length > 2 && !word.startsWith('--')) continue;
    if (at === words.length - 1) return { words: args, flag };
    at++;
  }
  return { words: args };
}

/** The longest beginning that all have. */
export function commonStart(choices: readonly string[]): string {
  let start = choices[0] ?? '';
  for (const choice of choices) while (!choice.startsWith(start)) start = start.slice(0, -1);
  return start;
}
