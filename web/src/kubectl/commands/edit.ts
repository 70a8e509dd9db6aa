/** `kubectl edit`: the page's editor takes the place of vi. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { schemasOf } from '../api/openapi.ts';
import { type Json, same, threeWayPatch } from '../apply/three-way.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, PlainError, StatusError, told } from '../errors.ts';
import { string } from '../flags/define.ts';
import { jsonOf } from '../print/json.ts';
import { shown } from '../print/printer.ts';
import { yamlOf } from '../print/yaml.ts';
import { fieldManager, reporter, SAVE_CONFIG, VALIDATE, writeQuery } from '../resources/changes.ts';
import { filenameFlags, parseObjects } from '../resources/files.ts';
import { type Info, infoPath, objectName } from '../resources/info.ts';
import { mustFind } from '../resources/query.ts';

export const edit: Command = {
  name: 'edit',
  section: 'Basic Commands (Intermediate)',
  short: 'Edit a resource on the server',
  examples: 'kubectl edit deployment web',
  args: '(RESOURCE/NAME | -f FILENAME)',
  completes: 'types-and-names',
  flags: [
    ...filenameFlags('to use to edit the resource'),
    string('output', 'Output format. One of: (json, yaml).', { short: 'o', choices: ['json', 'yaml'] }),
    string('template', '', { hidden: true }),
    string('subresource', 'If specified, edit will operate on the subresource of the requested object.'),
    fieldManager('kubectl-edit'),
    VALIDATE,
    SAVE_CONFIG,
  ],
  run,
};

const HEADER = [
  "Please edit the object below. Lines beginning with a '#' will be ignored,",
  'and an empty file will abort the edit. If an error occurs while saving this file will be',
  'reopened with the relevant failures.',
];

const commented = (lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join('');

async function run(context: Context): Promise<void> {
  const { flags, io } = context;
  if (!io.edit) throw new CommandError('there is no editor here');
  const { infos } = await mustFind(context, {
    args: context.args,
    files: true,
    latest: true,
    subresource: flags.string('subresource'),
  });
  const isJson = flags.string('output') === 'json';
  const print = isJson ? (value: unknown) => `${jsonOf(value)}\n` : yamlOf;
  const objects = infos.map(({ object }) => shown(object as KubeObject, false));
  const original = print(
    objects.length === 1 ? objects[0] : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} },
  );
  const header = `${commented(HEADER)}#\n`;
  let text = isJson ? original : header + original;
  let failure: string | undefined;
  for (;;) {
    const edited = await io.edit(text, `${infos[0]?.name ?? 'edit'}.${isJson ? 'json' : 'yaml'}`);
    const body = edited === undefined ? undefined : withoutComments(edited);
    if (failure !== undefined && (body === undefined || body === withoutComments(text))) {
      throw new PlainError('error: Edit cancelled, no valid changes were saved.');
    }
    if (body === undefined || body === withoutComments(original)) {
      context.err('Edit cancelled, no changes made.\n');
      return;
    }
    if (body.trim() === '') {
      context.err('Edit cancelled, saved file was empty.\n');
      return;
    }
    failure = await save(context, infos, body);
    if (failure === undefined) return;
    text = `${header}${commented(failure.split('\n'))}#\n${body}`;
  }
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

/** Why the editor is to be opened again. */
async function save(context: Context, infos: readonly Info[], body: string): Promise<string | undefined> {
  let objects: KubeObject[];
  try {
    objects = parseObjects(body, 'edited-file');
  } catch (error) {
    return `The edited file had a syntax error: ${(error as Error).message}`;
  }
  const report = reporter(context);
  for (const object of objects) {
    const info = infos.find(({ object: old }) => old?.metadata.uid === object.metadata?.uid);
    if (!info) throw new CommandError('no original object found for the edited one');
    if (object.metadata.name !== info.name)
      throw new CommandError('At least one of apiVersion, kind and name was changed');
    try {
      report(await patched(context, info, object), 'edited');
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const { text } = told(error);
      context.err(`${text}\n`);
      return [`${objectName(info)} was not valid:`, ...text.split('\n')].join('\n');
    }
  }
  return undefined;
}

async function patched(context: Context, info: Info, edited: KubeObject): Promise<KubeObject> {
  const before = shown(info.object as KubeObject, false) as unknown as Json;
  const after = edited as unknown as Json;
  if (same(before, after)) return info.object as KubeObject;
  const schemas = await schemasOf(context.client, context.world, info.mapping).catch(() => undefined);
  const schema =
    info.mapping.group === '' || !info.mapping.group.includes('.') || info.mapping.group.endsWith('.k8s.io')
      ? schemas?.ofKind(info.mapping)
      : undefined;
  const patch = threeWayPatch(before, after, before, schema && schemas, schema);
  const path = infoPath(context, info, context.flags.string('subresource') || undefined);
  return context.client.patch(path, schema ? 'strategic' : 'merge', patch, writeQuery(context));
}
