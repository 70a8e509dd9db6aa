/** `kubectl get` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { groupResource } from '../api/discovery.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, isNotFound, throwAll } from '../errors.ts';
import { array, bool, int, slice, string } from '../flags/define.ts';
import { isHuman, objectPrinter, tablePrinter } from '../print/get-output.ts';
import { sortObjects, sortRows } from '../print/sort.ts';
import type { Table } from '../print/table.ts';
import { TABLE, tabulate } from '../print/tabwriter.ts';
import { ALL_NAMESPACES, FIELD_SELECTOR, SELECTOR } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { kindOf } from '../resources/info.ts';
import { type Found, findObjects, type Query } from '../resources/query.ts';
import { watchObjects } from './get-watch.ts';

const OUTPUTS = [
  'json',
  'yaml',
  'name',
  'go-template',
  'template',
  'jsonpath',
  'jsonpath-as-json',
  'custom-columns',
  'custom-columns-file',
  'wide',
];

export const get: Command = {
  name: 'get',
  section: 'Basic Commands (Intermediate)',
  short: 'Display one or many resources',
  long: 'Display one or many resources: a table of the most important information. Objects are chosen by name, by label (--selector), by file or all of a type.',
  examples: `
# List all pods with more information (such as node name)
kubectl get pods -o wide

# Show one deployment as YAML
kubectl get deployment web -o yaml

# List pods and services with a label, in all namespaces
kubectl get pods,services -l app=web -A

# Return only the phase of a pod
kubectl get pod web -o jsonpath='{.status.phase}'

# Watch pods as they change
kubectl get pods --watch`,
  args: '(TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...)',
  completes: 'types-and-names',
  flags: [
    string('output', `Output format. One of: (${OUTPUTS.join(', ')}).`, { short: 'o', choices: OUTPUTS }),
    string('template', 'Template string or path to template file to use when -o=go-template.'),
    bool('show-managed-fields', 'If true, keep the managedFields when printing objects in JSON or YAML format.'),
    bool('no-headers', "When using the default or custom-column output format, don't print headers."),
    bool('show-labels', 'When printing, show all labels as the last column.'),
    string(
      'sort-by',
      "If non-empty, sort list types using this field specification, a JSONPath expression (e.g. '{.metadata.name}').",
    ),
    bool('show-kind', 'If present, list the resource type for the requested object(s).'),
    slice('label-columns', 'Accepts a comma separated list of labels that are going to be presented as columns.', {
      short: 'L',
    }),
    string('raw', 'Raw URI to request from the server.'),
    bool('watch', 'After listing/getting the requested object, watch for changes.', { short: 'w' }),
    bool('watch-only', 'Watch for changes to the requested object(s), without listing/getting first.'),
    bool('output-watch-events', 'Output watch event objects when --watch or --watch-only is used.'),
    bool('ignore-not-found', 'If set to true, suppresses NotFound error for specific objects that do not exist.'),
    bool('server-print', 'If true, have the server return the appropriate table output.', {
      byDefault: 'true',
      hidden: true,
    }),
    int('chunk-size', 'Return large lists in chunks rather than all at once. Pass 0 to disable.', { byDefault: '500' }),
    string('subresource', 'If specified, gets the subresource of the requested object.'),
    ALL_NAMESPACES,
    FIELD_SELECTOR,
    SELECTOR,
    ...filenameFlags('identifying the resource to get from a server.'),
    array('kustomize', '', { hidden: true }),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  if (flags.string('raw') !== '') return raw(context);
  const isWatch = flags.bool('watch') || flags.bool('watch-only');
  if (!isWatch && args.length === 0 && flags.list('filename').length === 0) {
    context.err(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw context.usage(
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    );
  }
  validate(context);
  const query: Query = {
    args,
    files: true,
    latest: true,
    emptySelector: true,
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.bool('all-namespaces'),
    chunk: flags.string('sort-by') !== '' ? 0 : flags.int('chunk-size'),
    subresource: flags.string('subresource'),
    ignoreNotFound: flags.bool('ignore-not-found'),
    table: isHuman(flags),
    withObjects: isHuman(flags) && flags.string('sort-by') !== '',
  };
  if (isWatch) return watchObjects(context, { ...query, single: true, stopAtError: true });
  const found = await findObjects(context, query);
  return isHuman(flags) ? printTables(context, found) : printObjects(context, found);
}

async function raw(context: Context): Promise<void> {
  if (context.args.length > 0) throw new CommandError('arguments may not be passed when --raw is specified');
  const path = context.flags.string('raw');
  if (!path.startsWith('/')) {
    throw new CommandError(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
  }
  context.out(await context.client.text(path, { accept: 'application/json, */*' }));
}

function validate({ flags }: Context): void {
  const output = flags.string('output');
  if (flags.bool('show-labels') && output !== '' && output !== 'wide') {
    throw new CommandError(`--show-labels option cannot be used with ${output} printer`);
  }
  if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only')) {
    throw new CommandError('--output-watch-events option can only be used with --watch or --watch-only');
  }
}

function printTables(context: Context, { infos, errors }: Found): void {
  const { flags } = context;
  const kinds = new Set(infos.map(({ mapping }) => `${groupResource(mapping)}/${mapping.version}`));
  const sortBy = flags.string('sort-by');
  if (sortBy !== '') for (const { object } of infos) sortRows(object as unknown as Table, sortBy);
  let written = 0;
  let last: string | undefined;
  let isSeparated = false;
  let text = '';
  let printer = tablePrinter(context, {});
  const flush = (): void => {
    const shown = tabulate(text, TABLE);
    text = '';
    if (shown === '') return;
    if (isSeparated) context.out('\n');
    isSeparated = false;
    written += shown.length;
    context.out(shown);
  };
  for (const { mapping, object } of infos) {
    const key = groupResource(mapping);
    if (key !== last) {
      flush();
      if (last !== undefined && !flags.bool('no-headers') && written > 0) isSeparated = true;
      last = key;
      printer = tablePrinter(context, {
        kind: kinds.size > 1 || flags.bool('show-kind') ? kindOf(mapping) : undefined,
        withNamespace: flags.bool('all-namespaces') && mapping.namespaced,
      });
    }
    text += printer.print(object as unknown as Table);
  }
  flush();
  if (written === 0 && !flags.bool('ignore-not-found') && errors.length === 0) {
    const isNamespaced = !flags.bool('all-namespaces') && infos.every(({ mapping }) => mapping.namespaced);
    context.err(isNamespaced ? `No resources found in ${context.namespace} namespace.\n` : 'No resources found\n');
  }
  throwAll(errors);
}

function printObjects(context: Context, { infos, errors, isSingle }: Found): void {
  const { flags } = context;
  if (errors.length > 0 && isSingle) throw errors[0];
  if (infos.length === 0 && flags.bool('ignore-not-found')) {
    throwAll(errors);
    return;
  }
  const print = objectPrinter(context);
  const objects = infos.map(({ object }) => object as KubeObject);
  if (isSingle && infos.length === 1) context.out(print(objects[0] as KubeObject));
  else {
    const items = flags.string('sort-by') === '' ? objects : sortObjects(objects, flags.string('sort-by'));
    context.out(print(listOf(items)));
  }
  throwAll(errors.filter((error) => !(flags.bool('ignore-not-found') && isNotFound(error))));
}

function listOf(items: KubeObject[]): KubeObject {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}
