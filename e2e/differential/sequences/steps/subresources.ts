/** Status, scale and the other subresources that need no node. */
import type { StructSchema } from '../../../../kube/machinery/schema/schema.ts';
import { asJsonPatch, asMergePatch, type Json, mutated, mutation } from '../../mutations.ts';
import { directed } from './patches.ts';
import {
  APPLY,
  accepted,
  asUser,
  JSON_PATCH,
  MANAGERS,
  type Maker,
  MERGE,
  objectPath,
  plain,
  queryOf,
  requestOf,
  STRATEGIC,
  WRITE,
} from './step.ts';

export const status: Maker = (tape, subject, scope) => {
  const { path } = objectPath(tape, subject, scope);
  const change = mutation(tape, tape.oneIn(6) ? subject.schema : statusOnly(subject.schema));
  const type = tape.pick([MERGE, 'PUT', JSON_PATCH, STRATEGIC, APPLY, 'GET']);
  const headers = { 'content-type': type, ...accepted(tape, 8), ...asUser(tape) };
  if (type === 'GET') return plain('GET', `${path}/status`, undefined, accepted(tape, 3));
  if (type === 'PUT') {
    const query = queryOf(tape, WRITE);
    return async (client) => {
      const current = await client.read(path);
      const object = mutated(current ?? scope.manifest(subject, 'a'), change);
      return client.ask(requestOf('PUT', `${path}/status${query}`, JSON.stringify(object)));
    };
  }
  if (type === JSON_PATCH) {
    return plain(
      'PATCH',
      `${path}/status`,
      JSON.stringify([asJsonPatch(change, tape.pick(['add', 'replace']))]),
      headers,
    );
  }
  const { apiVersion, kind } = subject.manifest;
  const body = type === STRATEGIC && tape.oneIn(2) ? directed(tape, statusOnly(subject.schema)) : asMergePatch(change);
  const object = type === APPLY ? { apiVersion, kind, ...body } : body;
  const first = type === APPLY ? [`fieldManager=${tape.pick(MANAGERS)}`, tape.oneIn(3) ? 'force=true' : ''] : [];
  return plain(
    'PATCH',
    `${path}/status${queryOf(tape, ['dryRun', 'fieldValidation'], ...first)}`,
    JSON.stringify(object),
    headers,
  );
};

/** Changes that are made through the status subresource: of the status, where the kind has one. */
function statusOnly(schema: StructSchema): StructSchema {
  const found = schema.fields.get('status');
  return found ? { ...schema, fields: new Map([['status', found]]) } : schema;
}

export const scale: Maker = (tape, subject, scope) => {
  const { path } = objectPath(tape, subject, scope);
  const replicas = tape.pick<Json>([1, 0, 5, -1, '3', null, 2 ** 31, 1.5]);
  const kind = { kind: 'Scale', apiVersion: 'autoscaling/v1' };
  const headers = { ...accepted(tape, 8), ...asUser(tape) };
  const query = queryOf(tape, WRITE);
  switch (tape.pick(['get', 'merge', 'put', 'apply', 'json', 'delete'])) {
    case 'get':
      return plain('GET', `${path}/scale`, undefined, { ...accepted(tape, 2), ...asUser(tape) });
    case 'merge':
      return plain('PATCH', `${path}/scale${query}`, JSON.stringify({ spec: { replicas } }), {
        'content-type': MERGE,
        ...headers,
      });
    case 'put': {
      const more = tape.pick<Json>([
        {},
        { metadata: { resourceVersion: '1' } },
        { metadata: { name: 'other' } },
        { kind: 'Other' },
      ]);
      return async (client) => {
        const current = (await client.read(`${path}/scale`)) ?? { ...kind, metadata: {} };
        const { metadata, ...rest } = more;
        const object = { ...current, spec: { replicas }, ...rest, metadata: { ...current.metadata, ...metadata } };
        return client.ask(requestOf('PUT', `${path}/scale${query}`, JSON.stringify(object), headers));
      };
    }
    case 'apply': {
      const body = JSON.stringify({ ...kind, spec: { replicas } });
      const asked = queryOf(tape, ['dryRun'], `fieldManager=${tape.pick(MANAGERS)}`, tape.oneIn(2) ? 'force=true' : '');
      return plain('PATCH', `${path}/scale${asked}`, body, { 'content-type': APPLY });
    }
    case 'json':
      return plain(
        'PATCH',
        `${path}/scale`,
        JSON.stringify([{ op: 'replace', path: '/spec/replicas', value: replicas }]),
        { 'content-type': JSON_PATCH },
      );
    default:
      return plain(tape.pick(['DELETE', 'POST']), `${path}/scale`, '{}');
  }
};

/** The bodies that each subresource of a kind is sent. */
const OTHERS: Readonly<Record<string, readonly (readonly [string, string, Json])[]>> = {
  pods: [
    ['POST', 'binding', { apiVersion: 'v1', kind: 'Binding', target: { kind: 'Node', name: 'n1' } }],
    ['POST', 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { name: 'n1' } }],
    ['POST', 'binding', { apiVersion: 'v1', kind: 'Binding', target: { kind: 'Pod', name: '' } }],
    ['POST', 'binding', { target: { kind: 'Node', name: 'n2', namespace: 'x' } }],
    ['POST', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' } }],
    ['POST', 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'other' } }],
    [
      'POST',
      'eviction',
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' }, deleteOptions: { dryRun: ['All'] } },
    ],
    [
      'POST',
      'eviction',
      {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'b' },
        deleteOptions: { preconditions: { uid: 'x' } },
      },
    ],
    ['POST', 'eviction', {}],
    ['PATCH', 'ephemeralcontainers', { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] } }],
    ['PATCH', 'ephemeralcontainers', { spec: { ephemeralContainers: [{ name: 'main', image: 'busybox' }] } }],
    [
      'PATCH',
      'ephemeralcontainers',
      { spec: { ephemeralContainers: [{ name: 'debug', image: 'other', ports: [{ containerPort: 1 }] }] } },
    ],
    ['PATCH', 'ephemeralcontainers', { metadata: { labels: { a: 'b' } } }],
    ['PATCH', 'resize', { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '200m' } } }] } }],
    ['PATCH', 'resize', { spec: { containers: [{ name: 'main', resources: { limits: { memory: '1Mi' } } }] } }],
    ['PATCH', 'resize', { spec: { containers: [{ name: 'main', image: 'other' }] } }],
    ['PATCH', 'resize', { spec: { containers: [{ name: 'no-such', resources: {} }] } }],
    ['GET', 'resize', undefined],
    ['GET', 'ephemeralcontainers', undefined],
    ['GET', 'binding', undefined],
    ['GET', 'eviction', undefined],
    ['GET', 'log', undefined],
  ],
  serviceaccounts: [
    ['POST', 'token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }],
    ['POST', 'token', { spec: { audiences: ['a'], expirationSeconds: 600 } }],
    ['POST', 'token', { spec: { expirationSeconds: 1 } }],
    ['POST', 'token', { spec: { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'a' } } }],
    ['POST', 'token', { spec: { boundObjectRef: { kind: 'Other', apiVersion: 'v1', name: 'a' } } }],
    ['POST', 'token', { metadata: { name: 'other' }, spec: { audiences: ['a'] } }],
    ['POST', 'token', {}],
    ['GET', 'token', undefined],
  ],
  certificatesigningrequests: [
    ['PATCH', 'approval', { status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Test' }] } }],
    ['PATCH', 'approval', { status: { conditions: [{ type: 'Denied', status: 'True' }] } }],
    ['PATCH', 'approval', { status: { conditions: [{ type: 'Approved', status: 'False' }] } }],
    ['PATCH', 'approval', { status: { conditions: [] } }],
    ['PATCH', 'approval', { spec: { signerName: 'other' }, metadata: { labels: { a: 'b' } } }],
    ['GET', 'approval', undefined],
  ],
  namespaces: [
    ['PUT', 'finalize', { apiVersion: 'v1', kind: 'Namespace', spec: { finalizers: [] } }],
    ['PUT', 'finalize', { apiVersion: 'v1', kind: 'Namespace', spec: { finalizers: ['kubernetes', 'example.com/x'] } }],
    ['PUT', 'finalize', { apiVersion: 'v1', kind: 'Namespace', spec: { finalizers: ['bad one'] } }],
    ['GET', 'finalize', undefined],
  ],
};

export const other: Maker = (tape, subject, scope) => {
  const { path, short } = objectPath(tape, subject, scope);
  const known = OTHERS[subject.kind.plural] ?? NO_SUBRESOURCES;
  const [method, name, body] = tape.pick(known);
  const type = method === 'PATCH' ? tape.pick([STRATEGIC, MERGE]) : 'application/json';
  const headers = { ...(body === undefined ? {} : { 'content-type': type }), ...accepted(tape, 10), ...asUser(tape) };
  const query = queryOf(tape, ['dryRun', 'fieldValidation']);
  const object = named(body, short, scope.name(subject, short));
  return plain(method, `${path}/${name}${query}`, object && JSON.stringify(object), headers);
};

const NO_SUBRESOURCES: readonly (readonly [string, string, Json])[] = [
  ['GET', 'status', undefined],
  ['GET', 'scale', undefined],
  ['GET', 'nonsense', undefined],
  ['POST', 'status', {}],
  ['DELETE', 'status', undefined],
  ['POST', 'eviction', {}],
];

function named(body: Json, short: string, name: string): Json {
  return body?.metadata?.name === short ? { ...body, metadata: { ...body.metadata, name } } : body;
}
