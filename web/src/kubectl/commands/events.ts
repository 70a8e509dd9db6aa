/** `kubectl events` */
import type { Event } from '../../../../kube/types.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { interval } from '../describe/events.ts';
import { CommandError } from '../errors.ts';
import { bool, int, slice, string } from '../flags/define.ts';
import { outputFlags, printerFor } from '../print/printer.ts';
import { type Remembered, TABLE, tabulate } from '../print/tabwriter.ts';
import { escapeTerminal } from '../print/terminal.ts';
import { ALL_NAMESPACES } from '../resources/changes.ts';

export const events: Command = {
  name: 'events',
  section: 'Troubleshooting and Debugging Commands',
  short: 'List events',
  examples: `
# Of one object
kubectl events --for pod/web

# Warnings as they come
kubectl events --types=Warning --watch`,
  completes: 'nothing',
  flags: [
    ...outputFlags(),
    bool('watch', 'After listing the requested events, watch for more events.', { short: 'w' }),
    ALL_NAMESPACES,
    string('for', 'Filter events to only those pertaining to the specified resource.'),
    slice('types', 'Output only events of given types.'),
    bool('no-headers', "When using the default output format, don't print headers."),
    int('chunk-size', 'Return large lists in chunks rather than all at once. Pass 0 to disable.', { byDefault: '500' }),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, client } = context;
  const types = flags.list('types');
  if (types.some((type) => !/^(normal|warning)$/i.test(type)))
    throw new CommandError('valid --types are Normal or Warning');
  const about = await subject(context);
  const isAll = flags.bool('all-namespaces');
  const path = isAll ? '/api/v1/events' : `/api/v1/namespaces/${context.namespace}/events`;
  const query = about && { fieldSelector: `involvedObject.kind=${about.kind},involvedObject.name=${about.name}` };
  const list = await client.get<{ items: Event[]; metadata: { resourceVersion?: string } }>(path, query);
  const fits = ({ type = '' }: Event): boolean =>
    types.length === 0 || types.some((each) => each.toLowerCase() === type.toLowerCase());
  const shown = list.items.filter(fits).sort((a, b) => timeOf(a) - timeOf(b));
  const print = printerFor(flags);
  const widths: Remembered = [];
  let hasHeads = flags.bool('no-headers');
  const rows = (some: readonly Event[]): void => {
    if (print) {
      for (const event of some) context.out(print(event as never));
      return;
    }
    const lines = some.map((event) => rowOf(event, isAll, context.now));
    if (!hasHeads) lines.unshift([...(isAll ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']);
    hasHeads = true;
    context.out(tabulate(lines.map((line) => `${line.join('\t')}\n`).join(''), TABLE, widths));
  };
  if (shown.length === 0 && !flags.bool('watch')) {
    context.err(isAll ? 'No events found.\n' : `No events found in ${context.namespace} namespace.\n`);
    return;
  }
  if (print && shown.length > 0) {
    const items = shown.map((event) => ({ ...event, apiVersion: 'v1', kind: 'Event' }));
    context.out(print({ apiVersion: 'v1', items, kind: 'EventList', metadata: list.metadata } as never));
  } else if (shown.length > 0) rows(shown);
  if (!flags.bool('watch')) return;
  for await (const { type, object } of client.watch(path, {
    query: { ...query, resourceVersion: list.metadata.resourceVersion },
  })) {
    if (type !== 'DELETED' && type !== 'BOOKMARK' && fits(object as unknown as Event))
      rows([object as unknown as Event]);
  }
}

async function subject(context: Context): Promise<{ kind: string; name: string } | undefined> {
  const text = context.flags.string('for');
  if (text === '') return undefined;
  const [type = '', name = '', ...more] = text.split('/');
  if (type === '' || name === '' || more.length > 0) throw new CommandError('--for must be in resource/name form');
  return { kind: (await context.discovery.find(type)).kind, name };
}

function timeOf({ series, lastTimestamp, eventTime }: Event): number {
  return Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '') || 0;
}

function rowOf(event: Event, withNamespace: boolean, now: number): string[] {
  const { type = '', reason = '', message = '', involvedObject } = event;
  const object = `${involvedObject?.kind ?? ''}/${involvedObject?.name ?? ''}`;
  const row = [interval(event, now), type, reason, object, message.trim().replaceAll('\t', ' ')].map(escapeTerminal);
  return withNamespace ? [event.metadata.namespace ?? '', ...row] : row;
}
