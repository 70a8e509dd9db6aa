/** Propose → admit → commit, with plugins that ask others. */
import { expect, test } from 'vitest';
import type { ConfigMap, Deployment, Pod } from '../../../kube/types.ts';
import type { Attributes } from '../admission/attributes.ts';
import type { RemotePlugin } from '../admission/plugin.ts';
import { ADMIN, testApi } from '../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, MAPS, MERGE, node, PODS, pod, SERVICES } from '../testing/objects.ts';

/** A clock of its own: waiting plugins go on when the time has come. */
class Waits {
  now = 0;
  #waiting: { due: number; go: () => void }[] = [];

  sleep(ms: number): Promise<void> {
    return new Promise((go) => this.#waiting.push({ due: this.now + ms, go }));
  }

  async advance(ms: number): Promise<void> {
    this.now += ms;
    for (const { due, go } of this.#waiting.splice(0)) {
      if (due <= this.now) go();
      else this.#waiting.push({ due, go });
    }
    await turn();
  }
}

/** Everything that is ready has run, commits that wait for each other included. */
async function turn(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Lets time pass until all are done. */
async function drive<T>(waits: Waits, all: readonly Promise<T>[]): Promise<T[]> {
  let isDone = false;
  const done = Promise.all(all).finally(() => {
    isDone = true;
  });
  for (let round = 0; !isDone && round < 50; round++) {
    await turn();
    await waits.advance(50);
  }
  return done;
}

function slow(
  resource: string,
  waits: Waits,
  mutate?: (attributes: Attributes) => void,
): RemotePlugin & { asked: number } {
  const plugin = {
    name: 'Slow',
    asked: 0,
    // The first objects of a cluster are written before this plugin waits.
    matches: ({ kind, info }: { kind: { resource: string }; info: { namespace: string } }) =>
      kind.resource === resource && info.namespace !== 'kube-system',
    async mutate(attributes: Attributes) {
      plugin.asked++;
      await waits.sleep(50);
      mutate?.(attributes);
    },
  };
  return plugin;
}

test('a plugin that takes 50 ms holds up no other write, and none of its own kind', async () => {
  const waits = new Waits();
  const { call, store } = await testApi({ remotePlugins: [slow('configmaps', waits)] });
  const done: string[] = [];
  const send = (line: string, body: object, name: string) => call(`POST ${line}`, { body }).then(() => done.push(name));
  const all = [
    send(MAPS, configMap('a'), 'a'),
    send(PODS, pod('p'), 'pod'),
    send(MAPS, configMap('b'), 'b'),
    send(SERVICES, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } }, 'service'),
  ];
  await turn();
  expect(done.sort()).toEqual(['pod', 'service']);
  expect(store.count('configmaps/default/')).toBe(0);
  await drive(waits, all);
  expect(waits.now).toBe(50);
  expect(store.count('configmaps/default/')).toBe(2);
});

test('two writers never pass each other: what was proposed on an older state is proposed anew', async () => {
  const waits = new Waits();
  const plugin = slow('configmaps', waits, ({ object, oldObject }) => {
    const before = Number((oldObject as unknown as ConfigMap | undefined)?.data?.count ?? 0);
    Object.assign(object as object, { data: { ...(object as unknown as ConfigMap).data, count: String(before + 1) } });
  });
  const { call, create, store } = await testApi({ remotePlugins: [plugin] });
  await drive(waits, [create(MAPS, configMap('a', {}))]);
  const patch = (name: string) => call(`PATCH ${MAPS}/a`, { headers: MERGE, body: { data: { [name]: 'x' } } });
  const writers = [patch('one'), patch('two'), patch('three')];
  expect((await drive(waits, writers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  const { body } = await call<ConfigMap>(`GET ${MAPS}/a`);
  expect(body.data).toEqual({ one: 'x', two: 'x', three: 'x', count: '4' });
  // Three, then the two that came too late, then the one that did again.
  expect(plugin.asked).toBe(1 + 3 + 2 + 1);
  expect(store.log({ after: 0, limit: 100, prefixes: ['configmaps/default/a'] })).toHaveLength(4);
});

test('a write that is always overtaken is a conflict after five tries', async () => {
  let overtake = async (): Promise<unknown> => undefined;
  let asked = 0;
  const plugin: RemotePlugin = {
    name: 'Overtaken',
    matches: ({ kind, user }) => kind.resource === 'configmaps' && user === ADMIN,
    async mutate() {
      asked++;
      await overtake();
    },
  };
  const { call, create } = await testApi({ remotePlugins: [plugin] });
  await create(MAPS, configMap('a'));
  const other = { ...ADMIN };
  overtake = () => call(`PATCH ${MAPS}/a`, { user: other, headers: MERGE, body: { data: { n: String(asked) } } });
  asked = 0;
  const { status, body } = await call(`PATCH ${MAPS}/a`, { headers: MERGE, body: { data: { mine: 'x' } } });
  expect([asked, status, body.message]).toEqual([
    5,
    409,
    'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  ]);
});

test('an object, or its namespace, that goes while others are asked is not brought back', async () => {
  const waits = new Waits();
  const { call, create, store } = await testApi({ remotePlugins: [slow('configmaps', waits)] });
  await create('/api/v1/namespaces', { metadata: { name: 'work' } });
  const late = call('POST /api/v1/namespaces/work/configmaps', { body: configMap('a') });
  await turn();
  await call('DELETE /api/v1/namespaces/work');
  const [refused] = await drive(waits, [late]);
  expect(refused?.body.message).toContain('because it is being terminated');
  await drive(waits, [create(MAPS, configMap('b'))]);
  const patch = call(`PATCH ${MAPS}/b`, { headers: MERGE, body: { data: { x: 'y' } } });
  const answers = await drive(waits, [patch, call(`DELETE ${MAPS}/b`)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(store.get('configmaps/default/b')).toBeUndefined();
});

/** `OPERATION kind resource/subresource namespace/name object←old options dryRun`, of each request. */
function describe(attributes: Attributes): string {
  const { operation, kind, resource, subresource, namespace, name, object, oldObject, dryRun } = attributes;
  const group = (one: { group: string; version: string }) => `${one.group || 'core'}/${one.version}`;
  const what = `${resource.resource}.${group(resource)}${subresource && `/${subresource}`}`;
  const options = attributes.operationOptions?.kind ?? 'none';
  return [
    operation,
    `${kind.kind}.${group(kind)}`,
    what,
    `${namespace}/${name}`,
    `${object?.kind ?? 'none'}←${oldObject?.kind ?? 'none'}`,
    `${options}${dryRun ? ' dryRun' : ''}`,
    attributes.userInfo.name,
  ].join(' ');
}

test('plugins get the operation, the object, the user and the options', async () => {
  const seen: string[] = [];
  const plugin: RemotePlugin = {
    name: 'Recorder',
    matches: ({ request }) => !request.cause,
    validate: async (attributes) => void seen.push(describe(attributes)),
  };
  const { call, create } = await testApi({ remotePlugins: [plugin] });
  await create('/api/v1/nodes', node('n1'));
  await create(DEPLOYMENTS, deployment('web'));
  await create(PODS, { ...pod(''), metadata: { generateName: 'p-' } });
  await create(PODS, pod('p'));
  await create(`${PODS}/p/binding`, { metadata: { name: 'p' }, target: { name: 'n1' } });
  seen.length = 0;
  const told = async (line: string, body?: unknown, headers = {}) => {
    seen.length = 0;
    const answer = await call(line, { body, headers }).catch(() => ({ status: 0 }));
    return [answer.status, ...seen];
  };
  const admin = 'islet:admin';
  expect(await told(`POST ${PODS}?dryRun=All`, { ...pod(''), metadata: { generateName: 'p-' } })).toEqual([
    201,
    `CREATE Pod.core/v1 pods.core/v1 default/ Pod←none CreateOptions dryRun ${admin}`,
  ]);
  expect(await told(`PATCH ${PODS}/p`, { metadata: { labels: { a: 'b' } } }, MERGE)).toEqual([
    200,
    `UPDATE Pod.core/v1 pods.core/v1 default/p Pod←Pod UpdateOptions ${admin}`,
  ]);
  expect(await told(`PATCH ${PODS}/p/status`, { status: { message: 'x' } }, MERGE)).toEqual([
    200,
    `UPDATE Pod.core/v1 pods.core/v1/status default/p Pod←Pod UpdateOptions ${admin}`,
  ]);
  expect(await told(`PUT ${DEPLOYMENTS}/web/scale`, { metadata: { name: 'web' }, spec: { replicas: 5 } })).toEqual([
    200,
    `UPDATE Scale.autoscaling/v1 deployments.apps/v1/scale default/web Scale←Scale UpdateOptions ${admin}`,
  ]);
  await create(PODS, pod('q'));
  expect(await told(`POST ${PODS}/q/binding`, { metadata: { name: 'q' }, target: { name: 'n1' } })).toEqual([
    201,
    `CREATE Binding.core/v1 pods.core/v1/binding default/q Binding←none CreateOptions ${admin}`,
  ]);
  await create(PODS, pod('r'));
  expect(
    await told('POST /api/v1/namespaces/default/bindings', { metadata: { name: 'r' }, target: { name: 'n1' } }),
  ).toEqual([201, `CREATE Binding.core/v1 bindings.core/v1 default/r Binding←none CreateOptions ${admin}`]);
  expect(await told(`POST ${PODS}/p/eviction?dryRun=All`, { metadata: { name: 'p' } })).toEqual([
    201,
    `CREATE Eviction.policy/v1 pods.core/v1/eviction default/p Eviction←none CreateOptions dryRun ${admin}`,
  ]);
  expect(await told(`POST ${PODS}/p/exec?command=ls&stdout=true`)).toEqual([
    0,
    `CONNECT PodExecOptions.core/v1 pods.core/v1/exec default/p PodExecOptions←none none ${admin}`,
  ]);
  expect(await told(`POST ${PODS}/p/portforward?ports=80`)).toEqual([
    0,
    `CONNECT PodPortForwardOptions.core/v1 pods.core/v1/portforward default/p PodPortForwardOptions←none none ${admin}`,
  ]);
  expect(await told(`PUT ${SERVICES}/s`, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } })).toEqual([
    201,
    `CREATE Service.core/v1 services.core/v1 default/s Service←none CreateOptions ${admin}`,
  ]);
  expect(await told(`DELETE ${PODS}/p`)).toEqual([
    200,
    `DELETE Pod.core/v1 pods.core/v1 default/p none←Pod DeleteOptions ${admin}`,
  ]);
});

test('a plugin’s change of a Scale or a Binding takes effect', async () => {
  const plugin: RemotePlugin = {
    name: 'Changes',
    matches: ({ info }) => info.subresource !== '',
    async mutate({ object }) {
      if (object?.kind === 'Scale') object.spec = { replicas: 7 };
      if (object?.kind === 'Binding') object.target = { kind: 'Node', name: 'other' };
    },
  };
  const { call, create } = await testApi({ remotePlugins: [plugin] });
  await create(DEPLOYMENTS, deployment('web'));
  await call(`PATCH ${DEPLOYMENTS}/web/scale`, { headers: MERGE, body: { spec: { replicas: 2 } } });
  expect((await call<Deployment>(`GET ${DEPLOYMENTS}/web`)).body.spec?.replicas).toBe(7);
  await create(PODS, pod('p'));
  await create(`${PODS}/p/binding`, { metadata: { name: 'p' }, target: { name: 'n1' } });
  expect((await call<Pod>(`GET ${PODS}/p`)).body.spec?.nodeName).toBe('other');
});
