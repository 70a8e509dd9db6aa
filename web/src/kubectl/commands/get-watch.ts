/** `kubectl get --watch`: what is there, then each change as it comes. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { TABLE_TYPE, type WatchEvent } from '../api/client.ts';
import type { Context } from '../context.ts';
import { isNotFound, throwAll } from '../errors.ts';
import { isHuman, objectPrinter, tablePrinter } from '../print/get-output.ts';
import { compactJson } from '../print/json.ts';
import type { Table } from '../print/table.ts';
import { type Remembered, TABLE, tabulate } from '../print/tabwriter.ts';
import { findObjects, type Query } from '../resources/query.ts';

export async function watchObjects(context: Context, query: Query): Promise<void> {
  const { flags, client } = context;
  const found = await findObjects(context, query);
  if (query.ignoreNotFound && found.errors.some(isNotFound)) return;
  throwAll(found.errors);
  const [info] = found.infos;
  const mapping = info?.mapping ?? (await context.discovery.find((context.args[0] ?? '').split('/')[0] as string));
  const widths: Remembered = [];
  const table = tablePrinter(context, { withNamespace: flags.bool('all-namespaces') && mapping.namespaced });
  const withEvents = flags.bool('output-watch-events');
  const print = isHuman(flags) ? undefined : objectPrinter(context);
  const show = (object: KubeObject, event?: WatchEvent['type']): void => {
    if (!print)
      context.out(tabulate(table.print(object as unknown as Table, withEvents ? event : undefined), TABLE, widths));
    else context.out(withEvents ? `${compactJson({ type: event, object })}\n` : print(object));
  };
  const isNamed =
    info !== undefined && info.name !== '' && (query.args.length > 1 || query.args[0]?.includes('/') === true);
  if (!flags.bool('watch-only')) for (const { object } of found.infos) show(object as KubeObject, 'ADDED');
  // A watch of one object begins with that object, which stands there already.
  let isSkipped = isNamed;
  const namespace = mapping.namespaced && !query.allNamespaces ? context.namespace : '';
  const selection = isNamed
    ? { fieldSelector: `metadata.name=${info.name}` }
    : { labelSelector: query.labelSelector || undefined, fieldSelector: query.fieldSelector || undefined };
  let resourceVersion = isNamed ? '0' : found.resourceVersion;
  while (!context.io.signal.aborted) {
    const options = { query: { ...selection, resourceVersion }, accept: query.table ? TABLE_TYPE : undefined };
    for await (const { type, object } of client.watch(context.path(mapping, namespace), options)) {
      resourceVersion = versionOf(object) ?? resourceVersion;
      if (type === 'BOOKMARK') continue;
      if (!isSkipped) show(object, type);
      isSkipped = false;
    }
    // A watch that the server ended for its age goes on where it was.
    if (isNamed) return;
    await context.sleep(500);
  }
}

function versionOf(object: KubeObject): string | undefined {
  const rows = (object as unknown as Table).rows;
  return rows
    ? (rows.at(-1)?.object?.metadata?.resourceVersion ?? object.metadata?.resourceVersion)
    : object.metadata?.resourceVersion;
}
