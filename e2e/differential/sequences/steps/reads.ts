/** GET, LIST, HEAD and OPTIONS, with revisions, pages and selectors of all sorts. */
import type { Scope, Subject } from '../../subjects.ts';
import type { Tape } from '../../tape.ts';
import { accepted, asUser, type Client, type Maker, objectPath, plain, requestOf } from './step.ts';

export const read: Maker = (tape, subject, scope) => {
  const { path } = objectPath(tape, subject, scope);
  const query = tape.pick([
    '',
    '',
    '',
    'pretty=true',
    'resourceVersion=0',
    'resourceVersion=x',
    'resourceVersion=999999999',
    'resourceVersion=-1',
    'resourceVersionMatch=Exact',
    'unknown=1',
    'resourceVersion=SEEN',
    'pretty=x',
    'export=true',
    'resourceVersion=1',
    'includeObject=None',
    'includeObject=Nonsense',
    'includeObject=Object',
  ]);
  const headers = { ...accepted(tape, 2), ...asUser(tape) };
  return asOf(query, async (client, asked) => {
    if (asked.includes('resourceVersion=0')) await client.settle(path);
    return client.ask(requestOf('GET', path + (asked === '' ? '' : `?${asked}`), undefined, headers));
  });
};

const MATCHES = [
  '',
  '',
  'resourceVersionMatch=Exact',
  'resourceVersionMatch=NotOlderThan',
  'resourceVersionMatch=Nonsense',
];
const REVISIONS = [
  '',
  '',
  '',
  'resourceVersion=0',
  'resourceVersion=SEEN',
  'resourceVersion=1',
  'resourceVersion=x',
  'resourceVersion=999999999',
];
const LIMITS = ['', '', '', 'limit=1', 'limit=2', 'limit=500', 'limit=-1', 'limit=0', 'limit=x'];
const MORE = [
  '',
  '',
  '',
  '',
  '',
  '',
  'sendInitialEvents=true',
  'sendInitialEvents=false',
  'includeObject=None',
  'includeObject=Object',
  'includeObject=Metadata',
  'includeObject=x',
  'timeoutSeconds=x',
  'timeoutSeconds=1',
  'continue=nonsense',
  'continue=',
  'allowWatchBookmarks=true',
  'watch=false',
  'pretty=true',
  'timeout=nonsense',
  'timeout=5s',
  'shardSelector=x',
];

export const list: Maker = (tape, subject, scope) => {
  const parts = [
    selected(tape, subject, scope),
    tape.pick(REVISIONS),
    tape.pick(MATCHES),
    tape.pick(LIMITS),
    tape.pick(MORE),
  ];
  const collection = scope.collection(subject);
  const headers = { ...accepted(tape, 2), ...asUser(tape) };
  const pages = tape.below(3);
  const between = tape.oneIn(3) ? { metadata: { labels: { between: 'pages' } } } : undefined;
  return asOf(parts.filter((part) => part !== '').join('&'), async (client, query) => {
    if (/resourceVersion=0|NotOlderThan/.test(query))
      await client.settle(`${collection}?labelSelector=${scope.selector}`);
    let body = await client.ask(requestOf('GET', `${collection}?${query}`, undefined, headers));
    remember(client, body);
    // The next pages, by the token.
    for (let page = 0; page < pages && body?.metadata?.continue; page++) {
      if (between) {
        const path = `${collection}/${scope.name(subject, 'c')}`;
        const type = { 'content-type': 'application/merge-patch+json' };
        await client.send(requestOf('PATCH', path, JSON.stringify(between), type));
      }
      const rest = query.replace(/&?resourceVersion(Match)?=[^&]*/g, '');
      const next = `${collection}?${rest}&continue=${encodeURIComponent(body.metadata.continue)}`;
      body = await client.ask(requestOf('GET', next, undefined, headers));
    }
    return body;
  });
};

/** Over all namespaces, or at a path that upstream serves besides. */
export const elsewhere: Maker = (tape, subject, scope) => {
  const { kind } = subject;
  const root = kind.group === '' ? '/api/v1' : `/apis/${kind.apiVersion}`;
  const { path } = objectPath(tape, subject, scope);
  const method = tape.pick(['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE', 'NONSENSE']);
  const where = tape.pick([
    `${root}/${kind.plural}?labelSelector=${scope.selector}`,
    `${root}/${kind.plural}?labelSelector=${scope.selector}&limit=1`,
    path,
    scope.collection(subject),
    `${path}/`,
    `${scope.collection(subject)}/?labelSelector=${scope.selector}`,
    `${root}/namespaces/no-such/${kind.plural}`,
    `${path}/status/x`,
    `${root}/${kind.plural}/a/b/c`,
    `${root}/watch`,
    `${path}%00`,
    `${scope.collection(subject)}/%2e%2e/x`,
  ]);
  // A body would be read as a delete of all, or a write without an object: each is asked elsewhere.
  if (method === 'DELETE') return plain('DELETE', path, undefined, accepted(tape, 4));
  return plain(method, where, undefined, { ...accepted(tape, 4), ...asUser(tape) });
};

/** Always with the sequence's own label, so that the objects of others are not in the answer. */
export function selected(tape: Tape, subject: Subject, scope: Scope): string {
  const more = tape.pick([
    '',
    '',
    '',
    'tier=front',
    'tier!=front',
    'tier',
    '!tier',
    'app in (web,db)',
    'app notin (web)',
    'tier=front,app=web',
    'a b c',
    'x=y=z',
    'tier>1',
    'A_b!',
    'app in ()',
    'app==web',
    `app=${'x'.repeat(64)}`,
  ]);
  const labels = `labelSelector=${encodeURIComponent([scope.selector, more].filter((each) => each !== '').join(','))}`;
  if (!tape.oneIn(3)) return labels;
  const name = scope.name(subject, 'a');
  const fields = [
    'spec.nodeName',
    'status.phase',
    'involvedObject.name',
    'type',
    'spec.signerName',
    'status.successful',
    'spec.clusterIP',
    'spec.type',
    'spec.mode',
    ...(subject.kind.selectableFields ? Object.keys(subject.kind.selectableFields) : []),
  ];
  const field = tape.pick([
    `metadata.name=${name}`,
    `metadata.name!=${name}`,
    `metadata.namespace=${scope.namespace}`,
    'metadata.namespace!=a',
    'nonsense=a',
    `metadata.name=${name},metadata.namespace=other`,
    'metadata.name',
    'metadata.labels=a',
    `${tape.pick(fields)}=${tape.pick(['', 'a', 'Pending', 'Opaque', 'ClusterIP', '0'])}`,
    `${tape.pick(fields)}!=${tape.pick(['', 'a'])}`,
    'metadata.name==a\\,b',
  ]);
  return `${labels}&fieldSelector=${encodeURIComponent(field)}`;
}

function remember(client: Client, body: { metadata?: { resourceVersion?: string } } | undefined): void {
  const revision = body?.metadata?.resourceVersion;
  if (revision && !client.revisions.has('seen')) client.revisions.set('seen', revision);
}

/** `SEEN` in a query is the revision of the first list of this sequence, or of a list that is made for it. */
export function asOf(query: string, step: (client: Client, query: string) => Promise<unknown>) {
  return async (client: Client): Promise<unknown> => {
    if (!query.includes('SEEN')) return step(client, query);
    const found = client.revisions.get('seen');
    return step(client, query.replaceAll('SEEN', found ?? '0'));
  };
}
