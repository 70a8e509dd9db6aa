/** The surroundings of a command: the cluster, its output, its flags. */
import { Client } from './api/client.ts';
import { Discovery, type Mapping, pathOf } from './api/discovery.ts';
import { CommandError } from './errors.ts';
import type { Values } from './flags/values.ts';
import type { Io, World } from './ports.ts';

export class Context {
  readonly world: World;
  readonly io: Io;
  readonly flags: Values;
  readonly args: readonly string[];
  /** The number of arguments before `--`; -1 where there is none. */
  readonly dash: number;
  readonly client: Client;
  readonly discovery: Discovery;
  /** `kubectl create deployment`, for errors. */
  readonly commandPath: string;
  /** Is turned to true by a command that has written to standard input already. */
  #stdinUsed = false;

  constructor(world: World, io: Io, flags: Values, args: readonly string[], dash: number, commandPath: string) {
    this.world = world;
    this.io = io;
    this.flags = flags;
    this.args = args;
    this.dash = dash;
    this.commandPath = commandPath;
    this.client = new Client(world.api, io.signal, impersonation(flags), io.err);
    this.discovery = new Discovery(this.client);
  }

  get now(): number {
    return this.world.clock.now();
  }

  /** From the flag, else from the context, else `default`. */
  get namespace(): string {
    return this.flags.string('namespace') || this.world.config.namespace || 'default';
  }

  get hasNamespaceFlag(): boolean {
    return this.flags.string('namespace') !== '';
  }

  out(text: string): void {
    this.io.out(text);
  }

  err(text: string): void {
    this.io.err(text);
  }

  path(mapping: Mapping, namespace: string, name?: string, subresource?: string): string {
    return pathOf(mapping, namespace, name, subresource);
  }

  stdin(): string {
    if (this.#stdinUsed) throw new CommandError('standard input cannot be used for multiple arguments');
    this.#stdinUsed = true;
    return this.io.stdin ?? '';
  }

  /** The text of a file of the terminal, or of what is piped in for `-`. */
  async file(name: string): Promise<string> {
    if (name === '-') return this.stdin();
    const text = await this.world.files.read(name);
    if (text === undefined) throw new CommandError(`open ${name}: no such file or directory`);
    return text;
  }

  usage(message: string): CommandError {
    return new CommandError(`${message}\nSee '${this.commandPath} -h' for help and examples`);
  }

  sleep(milliseconds: number): Promise<void> {
    return this.world.clock.sleep(milliseconds, this.io.signal);
  }
}

function impersonation(flags: Values): Record<string, string> {
  const headers: Record<string, string> = {};
  if (flags.string('as') !== '') headers['Impersonate-User'] = flags.string('as');
  if (flags.list('as-group').length > 0) headers['Impersonate-Group'] = flags.list('as-group').join(',');
  if (flags.string('as-uid') !== '') headers['Impersonate-Uid'] = flags.string('as-uid');
  return headers;
}
