/** The values of a command's flags. Asking for a flag that the command has not is a mistake of the program. */
import { parseDuration } from '../../../../kube/machinery/go-duration.ts';
import { boolOf, type Flag, splitSlice } from './define.ts';

export class Values {
  readonly #flags: ReadonlyMap<string, Flag>;
  readonly #given: ReadonlyMap<string, readonly string[]>;

  constructor(flags: ReadonlyMap<string, Flag>, given: ReadonlyMap<string, readonly string[]>) {
    this.#flags = flags;
    this.#given = given;
  }

  has(name: string): boolean {
    return this.#flags.has(name);
  }

  changed(name: string): boolean {
    return this.#given.has(name);
  }

  string(name: string): string {
    const flag = this.#flags.get(name);
    if (!flag) throw new Error(`the command has no flag --${name}`);
    return this.#given.get(name)?.at(-1) ?? flag.byDefault;
  }

  bool(name: string): boolean {
    return boolOf(this.string(name));
  }

  int(name: string): number {
    return Number(this.string(name));
  }

  /** Milliseconds. */
  duration(name: string): number {
    const parsed = parseDuration(this.string(name));
    return typeof parsed === 'bigint' ? Number(parsed) / 1e6 : 0;
  }

  list(name: string): string[] {
    const flag = this.#flags.get(name);
    if (!flag) throw new Error(`the command has no flag --${name}`);
    const given = this.#given.get(name) ?? (flag.byDefault === '' ? [] : [flag.byDefault]);
    return flag.kind === 'array' ? [...given] : given.flatMap(splitSlice);
  }
}
