/** `GET /islet/v1/usage`: what the account's clusters use and cost, as JSON, or as text for Prometheus. */
import { type ClusterMetering, costOf, costOfStorage, type DayUse, PRICES } from '../../../wire/metering.ts';
import type { AccountUsage } from '../../../wire/usage-rpc.ts';
import { respond } from '../../env.ts';
import { queryValue } from '../../location.ts';
import { route } from './route.ts';

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

export const usage = route({}, async ({ request, location, rpc, credential }) => {
  const asked = await rpc.usage({ credential });
  if (!asked.ok) return asked;
  const accept = request.headers.get('accept') ?? '';
  // A scraper names its own formats; a browser and curl take anything.
  const isText = /text\/plain|openmetrics/.test(accept) && !accept.includes('application/json');
  if (queryValue(location.query, 'format') !== 'prometheus' && !isText) {
    return { ok: true, value: withCosts(asked.value) };
  }
  const headers = { 'Content-Type': PROMETHEUS, 'Cache-Control': 'no-store' };
  return respond(prometheusText(asked.value), { status: 200, headers });
});

function withCosts({ clusters, ...account }: AccountUsage) {
  const priced = clusters.map(({ days, total, ...cluster }) => ({
    ...cluster,
    storageCostPerDay: costOfStorage(cluster.bytesStored),
    days: days.map((day) => ({ ...day, cost: costOf(day) })),
    total: { ...total, cost: costOf(total) },
  }));
  return { ...account, clusters: priced, prices: { currency: 'USD', ...PRICES } };
}

type Total = Omit<DayUse, 'day'>;

const METRICS: readonly [
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  of: (cluster: ClusterMetering) => number,
][] = [
  counter('requests', 'Requests, calls of other objects, and alarms.', ({ requests }) => requests),
  counter('messages', 'Messages that came over sockets.', ({ messages }) => messages),
  counter('rows_read', 'Rows of the storage that were read.', ({ rowsRead }) => rowsRead),
  counter('rows_written', 'Rows of the storage that were written.', ({ rowsWritten }) => rowsWritten),
  counter('active_seconds', 'Time awake.', ({ activeSeconds }) => activeSeconds),
  counter('sent_bytes', 'Characters of answers and of messages.', ({ bytesSent }) => bytesSent),
  counter('stream_seconds', 'Time for which streams were open.', ({ streamSeconds }) => streamSeconds),
  counter('cost_dollars', `What Cloudflare bills for that, by its prices of ${PRICES.asOf}.`, costOf),
  ['islet_cluster_stored_bytes', 'gauge', 'Bytes of the storage.', ({ bytesStored }) => bytesStored],
  ['islet_cluster_objects', 'gauge', 'Objects of the API.', ({ objects }) => objects],
];

function counter(name: string, help: string, of: (total: Total) => number): (typeof METRICS)[number] {
  return [`islet_cluster_${name}_total`, 'counter', help, ({ total }) => of(total)];
}

/** Names of clusters are DNS labels, so no label needs an escape. */
export function prometheusText({ clusters }: Pick<AccountUsage, 'clusters'>): string {
  return METRICS.map(([name, type, help, of]) => {
    const samples = clusters.map((each) => `${name}{cluster="${each.name}",id="${each.id}"} ${of(each)}\n`);
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('')}`;
  }).join('');
}
