/** Deletes of one object and of many. */
import type { Json } from '../../mutations.ts';
import { selected } from './reads.ts';
import { accepted, asUser, type Maker, objectPath, requestOf } from './step.ts';

const QUERIES = [
  '',
  '',
  '',
  '',
  'propagationPolicy=Foreground',
  'propagationPolicy=Orphan',
  'propagationPolicy=Background',
  'gracePeriodSeconds=0',
  'gracePeriodSeconds=7',
  'dryRun=All',
  'propagationPolicy=Bad',
  'orphanDependents=true',
  'orphanDependents=false&propagationPolicy=Orphan',
  'gracePeriodSeconds=-5',
  'gracePeriodSeconds=x',
  'dryRun=x',
  'ignoreStoreReadErrorWithClusterBreakingPotential=true',
  'pretty=true',
] as const;
const OPTIONS = { kind: 'DeleteOptions', apiVersion: 'v1' };
const BODIES: readonly Json[] = [
  undefined,
  undefined,
  undefined,
  { ...OPTIONS, preconditions: { uid: 'no' } },
  {},
  [],
  { ...OPTIONS, propagationPolicy: 'Background' },
  { ...OPTIONS, propagationPolicy: 'Foreground' },
  { ...OPTIONS, propagationPolicy: 'Orphan', gracePeriodSeconds: 0 },
  { kind: 'Pod', apiVersion: 'v1' },
  { preconditions: { resourceVersion: '1' } },
  { ...OPTIONS, apiVersion: 'meta.k8s.io/v1', gracePeriodSeconds: 3 },
  { ...OPTIONS, apiVersion: 'policy/v1' },
  { ...OPTIONS, dryRun: ['All'] },
  { ...OPTIONS, dryRun: ['x'] },
  { ...OPTIONS, gracePeriodSeconds: -1 },
  { ...OPTIONS, orphanDependents: true, propagationPolicy: 'Orphan' },
  { ...OPTIONS, unknown: 1 },
  { ...OPTIONS, preconditions: 'x' },
  'CURRENT',
];

export const remove: Maker = (tape, subject, scope) => {
  const { path } = objectPath(tape, subject, scope);
  const query = tape.pick(QUERIES);
  const given = tape.pick(BODIES);
  const headers = { ...accepted(tape, 8), ...asUser(tape) };
  const which = tape.pick(['uid', 'resourceVersion'] as const);
  return async (client) => {
    let body = given;
    if (given === 'CURRENT') {
      const current = await client.read(path);
      body = { ...OPTIONS, preconditions: { [which]: current?.metadata?.[which] ?? 'none' } };
    }
    const text = body === undefined ? undefined : JSON.stringify(body);
    return client.ask(requestOf('DELETE', path + (query === '' ? '' : `?${query}`), text, headers));
  };
};

export const removeCollection: Maker = (tape, subject, scope) => {
  const query = [
    selected(tape, subject, scope),
    tape.pick(QUERIES),
    tape.pick(['', '', 'limit=1', 'resourceVersion=0', 'continue=x']),
  ];
  const body = tape.oneIn(3) ? tape.pick(BODIES.filter((each) => each !== 'CURRENT')) : undefined;
  const headers = { ...accepted(tape, 8), ...asUser(tape) };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const path = `${scope.collection(subject)}?${query.filter((each) => each !== '').join('&')}`;
  return (client) => client.ask(requestOf('DELETE', path, text, headers));
};

/** Takes the finalizers from an object, which hold it back. */
export const release: Maker = (tape, subject, scope) => {
  const { path } = objectPath(tape, subject, scope);
  const body = JSON.stringify({ metadata: { finalizers: tape.pick([null, [], ['example.com/wait']]) } });
  return (client) => client.ask(requestOf('PATCH', path, body, { 'content-type': 'application/merge-patch+json' }));
};
