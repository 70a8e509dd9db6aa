import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { gather } from './gather.ts';
import { graphOf } from './graph.ts';
import { healthOf } from './health.ts';
import { known, labels, object, ownedBy, shop } from './testing.ts';

const drawn = (lists: Record<string, KubeObject[]>, opened: string[] = []) =>
  gather(
    graphOf(known(lists), () => undefined),
    new Set(opened),
  );
const pods = (drawing: ReturnType<typeof drawn>) => drawing.boxes.filter(({ resource }) => resource === 'pods');

test('a few pods stand by themselves; many of one owner are one box, which is the same while they come and go', () => {
  expect(pods(drawn(shop(4)))).toHaveLength(4);
  const [box, ...others] = pods(drawn(shop(50)));
  expect(others).toEqual([]);
  expect(box).toMatchObject({ name: 'web-1-', namespace: 'shop' });
  expect(box?.things).toHaveLength(50);
  expect(pods(drawn(shop(51)))[0]?.id).toBe(box?.id);
  const { links } = drawn(shop(50));
  expect(links.filter(({ to }) => to === box?.id).map(({ name }) => name)).toEqual(['owned', 'routesTo', 'selects']);
});

test('a box that is opened shows each, broken ones first, and keeps the rest', () => {
  const lists = shop(80);
  const broken = object(
    'web-1-broken',
    { status: { containerStatuses: [{ name: 'c', state: { waiting: { reason: 'CrashLoopBackOff' } } }] } },
    { ...labels('web'), ...ownedBy('web-1') },
  );
  lists.pods?.push(broken);
  const [box] = pods(drawn(lists));
  expect(box?.health?.tone).toBe('bad');
  const opened = pods(drawn(lists, [box?.id ?? '']));
  expect(opened).toHaveLength(61);
  expect(opened[0]?.name).toBe('web-1-broken');
  expect(opened[1]?.name).toBe('web-1-0');
  expect(opened.at(-1)).toMatchObject({ id: box?.id });
  expect(opened.at(-1)?.things).toHaveLength(21);
});

test('claims of a gathered set are one box, and old ReplicaSets are another than the present one', () => {
  const claim = (at: number) => ({ spec: { volumes: [{ persistentVolumeClaim: { claimName: `data-db-${at}` } }] } });
  const range = [...Array(9).keys()];
  const drawing = drawn({
    'statefulsets.apps': [object('db')],
    pods: range.map((at) => object(`db-${at}`, claim(at), { labels: { index: String(at) }, ...ownedBy('db') })),
    persistentvolumeclaims: range.map((at) => object(`data-db-${at}`)),
    'deployments.apps': [object('web')],
    'replicasets.apps': [3, 0, 0].map((replicas, at) => object(`web-${at}`, { spec: { replicas } }, ownedBy('web'))),
  });
  expect(drawing.boxes.map(({ name, things }) => `${name} ${things.length}`)).toEqual([
    'web 1',
    'db 1',
    'web-0 1',
    'web- 2',
    'db- 9',
    'data-db- 9',
  ]);
});

test('pods without an owner are never put together', () => {
  const alone = Array.from({ length: 9 }, (_, at) => object(`p-${at}`, {}, labels('web')));
  const services = [object('front', { spec: { selector: { app: 'web' } } })];
  expect(drawn({ pods: alone, services }).boxes).toHaveLength(10);
});

test('health in the words of kubectl, of kinds of definitions by their conditions', () => {
  const of = (resource: string, more: object) => {
    const { tone, text } = healthOf(resource, object('a', more)) ?? {};
    return tone && `${tone} ${text}`;
  };
  const conditions = (type: string, status: string, reason?: string) => ({ conditions: [{ type, status, reason }] });
  expect(of('deployments.apps', { spec: { replicas: 3 }, status: { readyReplicas: 2 } })).toBe('busy 2/3');
  expect(of('deployments.apps', { spec: { replicas: 0 } })).toBe('idle 0');
  expect(of('deployments.apps', { status: { readyReplicas: 1, ...conditions('Progressing', 'False') } })).toBe(
    'bad 1/1',
  );
  expect(of('jobs.batch', { status: conditions('Failed', 'True') })).toBe('bad Failed');
  expect(of('persistentvolumeclaims', { status: { phase: 'Bound' } })).toBe('good Bound');
  expect(of('poddisruptionbudgets.policy', { status: { expectedPods: 3, currentHealthy: 1, desiredHealthy: 2 } })).toBe(
    'bad 1/2',
  );
  expect(of('widgets.example.com', { status: conditions('Ready', 'False', 'NoLicence') })).toBe('bad NoLicence');
  expect(of('widgets.example.com', { status: 'odd', spec: null })).toBeUndefined();
  expect(of('configmaps', {})).toBeUndefined();
  expect(healthOf('services', object('a', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }))?.text).toBe(
    'Terminating',
  );
});
