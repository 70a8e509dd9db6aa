import { expect, test } from 'vitest';
import type { ConfigMap, Deployment, Namespace, Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, MAPS, PODS, pod } from '../testing/objects.ts';

test('a delete answers a Status that names the deleted object', async () => {
  const { call, create } = await testApi();
  const { metadata } = await create<Deployment>(DEPLOYMENTS, deployment('web'));
  const { status, body } = await call(`DELETE ${DEPLOYMENTS}/web`);
  expect([status, body]).toEqual([
    200,
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'web', group: 'apps', kind: 'deployments', uid: metadata.uid },
    },
  ]);
  expect((await call(`DELETE ${DEPLOYMENTS}/web`)).body.message).toBe('deployments.apps "web" not found');
});

test('a pod that runs is given its grace, which can only be shortened', async () => {
  const { call, create, store } = await testApi();
  await create(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const first = await call<Pod>(`DELETE ${PODS}/web`);
  expect(first.body.metadata).toMatchObject({
    deletionTimestamp: '2026-01-02T03:04:35Z',
    deletionGracePeriodSeconds: 30,
  });
  const { revision } = store;
  expect((await call(`DELETE ${PODS}/web?gracePeriodSeconds=60`)).status).toBe(200);
  expect(store.revision).toBe(revision);
  const shorter = await call<Pod>(`DELETE ${PODS}/web`, { body: { gracePeriodSeconds: 10 } });
  expect(shorter.body.metadata).toMatchObject({
    deletionTimestamp: '2026-01-02T03:04:15Z',
    deletionGracePeriodSeconds: 10,
  });
  const last = await call<Pod>(`DELETE ${PODS}/web?gracePeriodSeconds=0`);
  expect([last.status, last.body.kind]).toEqual([200, 'Pod']);
  expect((await call(`GET ${PODS}/web`)).status).toBe(404);
});

test('a pod without a node goes at once', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web'));
  const { body } = await call<Pod>(`DELETE ${PODS}/web`);
  expect(body.metadata.deletionGracePeriodSeconds).toBe(0);
  expect((await call(`GET ${PODS}/web`)).status).toBe(404);
});

test.each([
  [
    { uid: 'other' },
    /^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition \(other\) does not match the UID in record \(.*\)\. The object might have been deleted and then recreated$/,
  ],
  [
    { resourceVersion: '1' },
    /^Operation cannot be fulfilled on ConfigMap "a": the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\)\. The object might have been modified$/,
  ],
])('a delete on the condition %j leaves another object alone', async (preconditions, message) => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const { status, body } = await call(`DELETE ${MAPS}/a`, { body: { preconditions } });
  expect(status).toBe(409);
  expect(body.message).toMatch(message);
  expect((await call(`GET ${MAPS}/a`)).status).toBe(200);
});

test.each([
  ['/a?uid=other', /the UID in the precondition \(other\)/],
  ['/a?resourceVersion=0', /the ResourceVersion in the precondition \(0\)/],
  ['?resourceVersion=0', /the ResourceVersion in the precondition \(0\)/],
])('the query of DELETE %s is a condition', async (path, message) => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const { status, body } = await call(`DELETE ${MAPS}${path}`);
  expect(status).toBe(409);
  expect(body.message).toMatch(message);
  expect((await call(`DELETE ${MAPS}/a?uid=&resourceVersion=&preconditions.uid=x`)).status).toBe(200);
});

test('the condition on a namespace has words of its own, and that on an Event names the kind that is stored', async () => {
  const { call, create } = await testApi();
  const of = async (path: string) => (await call(`DELETE ${path}`)).body.message;
  await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
  const why = /^Operation cannot be fulfilled on namespaces "n": Precondition failed: /;
  expect(await of('/api/v1/namespaces/n?uid=no')).toMatch(why);
  expect(await of('/api/v1/namespaces/n?uid=no')).toContain('UID in precondition: no, UID in object meta: ');
  const found = await of('/api/v1/namespaces/n?resourceVersion=9999');
  expect(found).toMatch(/ResourceVersion in precondition: 9999, ResourceVersion in object meta: \d+$/);
  const events = '/apis/events.k8s.io/v1/namespaces/default/events';
  await create(events, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'e' },
    eventTime: '2026-01-02T03:04:05.000000Z',
    action: 'a',
    reason: 'r',
    type: 'Normal',
    reportingController: 'example.com/c',
    reportingInstance: 'i',
    regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
  });
  expect(await of(`${events}/e?uid=no`)).toMatch(/^Operation cannot be fulfilled on Event "e": the UID in/);
});

test('dependents are left to the garbage collector, as the policy says', async () => {
  const { call, create } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  const orphan = await call<Deployment>(`DELETE ${DEPLOYMENTS}/web?propagationPolicy=Orphan`);
  expect(orphan.body.metadata).toMatchObject({ finalizers: ['orphan'], deletionTimestamp: '2026-01-02T03:04:05Z' });
  const foreground = await call<Deployment>(`DELETE ${DEPLOYMENTS}/web`, { body: { propagationPolicy: 'Foreground' } });
  expect(foreground.body.metadata.finalizers).toEqual(['foregroundDeletion']);
  expect((await call(`DELETE ${DEPLOYMENTS}/web?propagationPolicy=Never`)).body.message).toBe(
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Never": supported values: "Foreground", "Background", "Orphan", "nil"',
  );
});

test('a grace period that is no number is refused as such', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const { status, body } = await call(`DELETE ${MAPS}/a?gracePeriodSeconds=soon`);
  expect([status, body.message]).toEqual([400, 'strconv.ParseInt: parsing "soon": invalid syntax']);
});

test('malformed numbers and booleans of a query are read as upstream reads them', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a', {}));
  expect((await call(`DELETE ${MAPS}/a?gracePeriodSeconds=x`)).body.message).toBe(
    'strconv.ParseInt: parsing "x": invalid syntax',
  );
  const { body } = await call<Pod>(`DELETE ${MAPS}/a?orphanDependents=yes`);
  expect(body.metadata.finalizers).toEqual(['orphan']);
});

test('a namespace is marked, takes nothing new, and goes when it is finalised', async () => {
  const { call, create } = await testApi();
  await create('/api/v1/namespaces', { metadata: { name: 'work' } });
  const marked = await call<Namespace>('DELETE /api/v1/namespaces/work');
  expect([marked.status, marked.body.status?.phase, marked.body.spec?.finalizers]).toEqual([
    200,
    'Terminating',
    ['kubernetes'],
  ]);
  const refused = await call('POST /api/v1/namespaces/work/configmaps', { body: configMap('a') });
  expect([refused.status, refused.body.message, refused.body.details?.causes]).toEqual([
    403,
    'configmaps "a" is forbidden: unable to create new content in namespace work because it is being terminated',
    [{ reason: 'NamespaceTerminating', message: 'namespace work is being terminated', field: 'metadata.namespace' }],
  ]);
  const finalised = await call('PUT /api/v1/namespaces/work/finalize', {
    body: { ...marked.body, spec: { finalizers: [] } },
  });
  expect(finalised.status).toBe(200);
  expect((await call('GET /api/v1/namespaces/work')).status).toBe(404);
});

test('a namespace’s finalizers are changed with all else of it but the status', async () => {
  const { call, create } = await testApi();
  await create('/api/v1/namespaces', { metadata: { name: 'work', labels: { a: 'b' } } });
  const spec = { finalizers: ['kubernetes', 'x.io/y'] };
  const { body } = await call<Namespace>('PUT /api/v1/namespaces/work/finalize', {
    body: { metadata: { name: 'work', labels: { c: 'd' } }, spec, status: { phase: 'Terminating' } },
  });
  expect([body.spec, body.status, body.metadata.labels?.a, body.metadata.labels?.c]).toEqual([
    spec,
    { phase: 'Active' },
    undefined,
    'd',
  ]);
});

test('the namespaces of the system stay', async () => {
  const { call } = await testApi();
  const { status, body } = await call('DELETE /api/v1/namespaces/default');
  expect([status, body.message]).toEqual([403, 'namespaces "default" is forbidden: this namespace may not be deleted']);
});

test('the priority classes of the system stay, others go', async () => {
  const { call, create } = await testApi();
  const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
  await create(classes, { metadata: { name: 'mine' }, value: 1 });
  const { status, body } = await call(`DELETE ${classes}/system-node-critical`);
  expect([status, body.message]).toEqual([
    403,
    'priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: this is a system priority class and cannot be deleted',
  ]);
  expect((await call(`DELETE ${classes}/mine`)).status).toBe(200);
});

test('a dry run of a delete deletes nothing', async () => {
  const { call, create } = await testApi();
  await create<ConfigMap>(MAPS, configMap('a'));
  expect((await call(`DELETE ${MAPS}/a?dryRun=All`)).body.status).toBe('Success');
  expect((await call(`GET ${MAPS}/a`)).status).toBe(200);
});

test('jobs leave their pods unless the delete says otherwise, and say so', async () => {
  const { call, create } = await testApi();
  const jobs = '/apis/batch/v1/namespaces/default/jobs';
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } };
  const warned = async (query: string) => {
    await create(jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { template } });
    const { headers } = await call(`DELETE ${jobs}/once?${query}`);
    await call(`PATCH ${jobs}/once`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: { finalizers: null } },
    });
    return headers.warning?.includes('child pods are preserved by default when jobs are deleted');
  };
  expect(await warned('')).toBe(true);
  expect(await warned('propagationPolicy=Background')).toBeFalsy();
  expect(await warned('orphanDependents=true')).toBeFalsy();
});

test('Events have no dependents, so no delete makes one wait for them', async () => {
  const { call, create } = await testApi();
  const events = '/api/v1/namespaces/default/events';
  const involvedObject = { kind: 'Pod', namespace: 'default', name: 'web' };
  await create(events, { metadata: { name: 'e', namespace: 'default' }, involvedObject, type: 'Normal' });
  expect((await call(`DELETE ${events}/e?propagationPolicy=Foreground`)).body.status).toBe('Success');
  expect((await call(`GET ${events}/e`)).status).toBe(404);
});

test('a pod that goes anyway is left as it is, whatever a second delete says of its dependents', async () => {
  const { call, create, store, clock } = await testApi();
  await create(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  await call(`DELETE ${PODS}/web`);
  const { revision } = store;
  for (const query of ['propagationPolicy=Foreground', 'propagationPolicy=Orphan&gracePeriodSeconds=30']) {
    expect((await call(`DELETE ${PODS}/web?${query}`)).status).toBe(200);
  }
  expect(store.revision).toBe(revision);
  // A shorter time that is over already still leaves a second.
  clock.time += 20_000;
  const shorter = await call<Pod>(`DELETE ${PODS}/web?gracePeriodSeconds=5`);
  expect(shorter.body.metadata).toMatchObject({
    deletionTimestamp: '2026-01-02T03:04:25Z',
    deletionGracePeriodSeconds: 1,
  });
});

const ENDS = expect.stringMatching(/^2026-01-02T03:04:1[34]Z$/);

test("a grace beyond a Go duration begins anew, as on upstream's clock, and the pod can be deleted", async () => {
  const { call, create } = await testApi();
  const ends = async (terminationGracePeriodSeconds: number, query = ''): Promise<unknown> => {
    await create(PODS, pod('web', { spec: { nodeName: 'n1', terminationGracePeriodSeconds } }));
    const { status, body } = await call<Pod>(`DELETE ${PODS}/web${query}`);
    expect([status, body.metadata.deletionGracePeriodSeconds]).toEqual([200, terminationGracePeriodSeconds]);
    const shorter = await call<Pod>(`DELETE ${PODS}/web?gracePeriodSeconds=9`);
    const { deletionTimestamp } = body.metadata;
    await call(`DELETE ${PODS}/web?gracePeriodSeconds=0`);
    return [deletionTimestamp?.slice(0, 4), shorter.body.metadata.deletionTimestamp];
  };
  expect(await ends(9007199254740991)).toEqual(['2172', ENDS]);
  expect(await ends(99999999999)).toEqual(['2272', ENDS]);
  expect(await ends(9223372036)).toEqual(['2318', ENDS]);
  expect(await ends(9223372037)).toEqual(['1733', ENDS]);
  expect(await ends(9007199254740991, '?gracePeriodSeconds=9223372036854775807')).toEqual(['2172', ENDS]);
});

test('a delete with orphanDependents=false that leaves the object there for now is accepted', async () => {
  const { call, create } = await testApi();
  await create(MAPS, { ...configMap('a'), metadata: { name: 'a', finalizers: ['a.b/c'] } });
  expect((await call(`DELETE ${MAPS}/a?propagationPolicy=Foreground`)).status).toBe(200);
  const accepted = await call<ConfigMap>(`DELETE ${MAPS}/a?orphanDependents=false`);
  expect([accepted.status, accepted.body.metadata.finalizers]).toEqual([202, ['a.b/c']]);
});

test('the option to pass over what cannot be read changes no delete of what can', async () => {
  const { call, create } = await testApi();
  const unsafe = { ignoreStoreReadErrorWithClusterBreakingPotential: true };
  await create(MAPS, configMap('a'));
  const { body } = await call(`DELETE ${MAPS}/a`, { body: { ...unsafe, dryRun: ['All'], gracePeriodSeconds: 3 } });
  expect([body.code, body.status]).toEqual([undefined, 'Success']);
  const uid = await call(`DELETE ${MAPS}/a`, { body: { ...unsafe, preconditions: { uid: 'x' } } });
  expect(uid.status).toBe(409);
  expect((await call(`DELETE ${MAPS}`, { body: { ...unsafe, propagationPolicy: 'Background' } })).status).toBe(200);
  expect((await call(`GET ${MAPS}/a`)).status).toBe(404);
});
