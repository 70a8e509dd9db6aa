/** Shared by commands that change objects: dry runs, validation, the words for what was done. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { bool, type Flag, string } from '../flags/define.ts';
import { FORMATS, isList, kindName, outputFlags, printerFor } from '../print/printer.ts';

export const DRY_RUN: Flag = string(
  'dry-run',
  'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
  { byDefault: 'none', bare: 'unchanged', choices: ['none', 'server', 'client'] },
);
export const VALIDATE: Flag = string(
  'validate',
  'Must be one of: strict (or true), warn, ignore (or false). Unknown or duplicate fields are refused, warned of, or dropped.',
  { byDefault: 'strict', bare: 'strict', choices: ['strict', 'warn', 'ignore'] },
);
export const SAVE_CONFIG: Flag = bool(
  'save-config',
  'If true, the configuration of current object will be saved in its annotation. This is useful when you want to perform kubectl apply on this object in the future.',
);
export const fieldManager = (byDefault: string): Flag =>
  string('field-manager', 'Name of the manager used to track field ownership.', { byDefault });
export const SELECTOR: Flag = string(
  'selector',
  "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)).",
  { short: 'l' },
);
export const FIELD_SELECTOR: Flag = string(
  'field-selector',
  "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2).",
);
export const ALL_NAMESPACES: Flag = bool(
  'all-namespaces',
  'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
  { short: 'A' },
);
export const all = (usage: string): Flag => bool('all', usage);

export type DryRun = 'none' | 'client' | 'server';

export function dryRunOf(context: Context): DryRun {
  const value = context.flags.string('dry-run');
  if (value === 'none' || value === 'client' || value === 'server') return value;
  if (value === 'unchanged' || /^(1|t|T|TRUE|true|True)$/.test(value)) return 'client';
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return 'none';
  throw new CommandError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

export function fieldValidation(context: Context): string {
  const value = context.flags.string('validate');
  const known: Record<string, string> = {
    strict: 'Strict',
    true: 'Strict',
    warn: 'Warn',
    ignore: 'Ignore',
    false: 'Ignore',
  };
  const found = known[value];
  if (found) return found;
  throw new CommandError(
    `invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`,
  );
}

/** The query of a write. */
export function writeQuery(context: Context, manager?: string): Record<string, string | undefined> {
  return {
    fieldManager: manager ?? (context.flags.has('field-manager') ? context.flags.string('field-manager') : undefined),
    fieldValidation: context.flags.has('validate') ? fieldValidation(context) : undefined,
    dryRun: context.flags.has('dry-run') && dryRunOf(context) === 'server' ? 'All' : undefined,
  };
}

/** Says what was done, or prints the object as `-o` wants it. */
export function reporter(
  context: Context,
  formats: readonly string[] = FORMATS,
): (object: KubeObject, done: string) => void {
  const print = printerFor(context.flags, formats);
  const dryRun = context.flags.has('dry-run') ? dryRunOf(context) : 'none';
  const suffix = { none: '', client: ' (dry run)', server: ' (server dry run)' }[dryRun];
  const say = (object: KubeObject, done: string): void => {
    if (print) context.out(print(object));
    else if (isList(object)) for (const item of object.items) say(item, done);
    else context.out(`${kindName(object)}/${object.metadata.name || '<unknown>'} ${done}${suffix}\n`);
  };
  return say;
}

/** Of a command that writes: its output, a dry run, who writes. */
export const writeFlags = (manager: string): Flag[] => [...outputFlags(), DRY_RUN, fieldManager(manager)];
