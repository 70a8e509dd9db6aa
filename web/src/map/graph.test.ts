import { expect, test } from 'vitest';
import { type Graph, graphOf } from './graph.ts';
import { around, eachWayOnce, linkedOnly, ofNamespaces, withoutKinds } from './narrow.ts';
import { known, labels, object, ownedBy, shop } from './testing.ts';

const WIDGETS = { group: 'example.com', plural: 'widgets', namespaced: true };
const findKind = (apiVersion: string, kind: string) =>
  apiVersion === 'example.com/v1' && kind === 'Widget' ? WIDGETS : undefined;

const short = (id: string) => id.replace(/(?<=^[a-z]+)\.[^/]*|\/shop/g, '').replace(/\/+/, '/');
const links = (graph: Graph) => graph.links.map(({ from, to, name }) => `${short(from)} ${name} ${short(to)}`).sort();
const names = (graph: Graph) => [...graph.things.keys()].map(short).sort();

const none = new Set<string>();

test('each object leads to what it owns, selects, uses and reaches; what is in every namespace ties nothing', () => {
  const whole = graphOf(known(shop(1)), findKind);
  expect(links(eachWayOnce(whole))).toEqual([
    'deployments/web owned replicasets/web-1',
    'endpointslices/front-x routesTo pods/web-1-0',
    'horizontalpodautoscalers/auto scales deployments/web',
    'ingresses/public routesTo services/front',
    'persistentvolumeclaims/data bound persistentvolumes/pv-1',
    'persistentvolumes/pv-1 bound storageclasses/standard',
    'pods/web-1-0 runsOn nodes/sim-0',
    'pods/web-1-0 uses configmaps/settings',
    'pods/web-1-0 uses persistentvolumeclaims/data',
    'replicasets/web-1 owned pods/web-1-0',
    'services/front owned endpointslices/front-x',
  ]);
  expect(whole.things.get('configmaps/shop/settings')?.missing).toBe(true);
  const shown = names(linkedOnly(whole, []));
  expect(shown).not.toContain('configmaps/unused');
  expect(shown).not.toContain('configmaps/kube-root-ca.crt');
  const asked = graphOf(known(shop(1)), findKind, 'configmaps/shop/kube-root-ca.crt');
  expect(links(asked)).toContain('pods/web-1-0 uses configmaps/kube-root-ca.crt');
});

test('what is hidden passes on who made what, and a Service is seen to select where no slice is shown', () => {
  const whole = graphOf(known(shop(1)), findKind);
  const hidden = new Set(['replicasets.apps', 'endpointslices.discovery.k8s.io', 'nodes', 'persistentvolumes']);
  const found = links(eachWayOnce(withoutKinds(whole, hidden)));
  expect(found).toContain('deployments/web owned pods/web-1-0');
  expect(found).toContain('services/front selects pods/web-1-0');
  expect(found).toContain('persistentvolumeclaims/data bound storageclasses/standard');
  expect(found.some((link) => /replicasets|slices|nodes/.test(link))).toBe(false);
  expect(links(withoutKinds(whole, none))).toEqual(links(whole));
});

test('around an object is what it leads to, what leads to it, and what leads to its pods', () => {
  const lists = shop(2);
  lists.pods?.push(object('other', { spec: { volumes: [{ configMap: { name: 'settings' } }] } }, labels('other')));
  lists.services?.push(object('others', { spec: { selector: { app: 'other' } } }));
  const whole = withoutKinds(graphOf(known(lists), findKind), new Set(['nodes']));
  const ofWeb = names(around(whole, ['deployments.apps/shop/web']));
  expect(ofWeb).toContain('ingresses/public');
  expect(ofWeb).toContain('storageclasses/standard');
  expect(ofWeb).not.toContain('pods/other');
  expect(ofWeb).not.toContain('services/others');
  const ofSettings = names(around(whole, ['configmaps/shop/settings']));
  expect(ofSettings).toContain('services/others');
  expect(ofSettings).toContain('deployments/web');
});

test('an owner of a kind that is not watched is known by its reference; a cycle of owners ends', () => {
  const byWidget = object('a', {}, ownedBy('blue', 'Widget', 'example.com/v1'));
  const ofCycle = [object('x', {}, ownedBy('y')), object('y', {}, ownedBy('x'))];
  const whole = graphOf(known({ services: [byWidget], configmaps: ofCycle }), findKind);
  expect(links(whole)).toEqual([
    'configmaps/x owned configmaps/y',
    'configmaps/y owned configmaps/x',
    'widgets/blue owned services/a',
  ]);
  expect(whole.things.get('widgets.example.com/shop/blue')?.missing).toBe(false);
  expect(links(withoutKinds(whole, new Set(['configmaps'])))).toEqual(['widgets/blue owned services/a']);
  expect(names(around(whole, ['configmaps/shop/x']))).toEqual(['configmaps/x', 'configmaps/y']);
  // An object of a watched kind that is not there is gone.
  const lists = known({ services: [byWidget], 'widgets.example.com': [] });
  expect(links(graphOf(lists, findKind))).toEqual([]);
});

test('of volumes and classes, those that a namespace leads to are shown with it', () => {
  const lists = shop(1);
  lists.persistentvolumes?.push(object('pv-2', { spec: { storageClassName: 'standard' } }, { namespace: undefined }));
  const shown = names(ofNamespaces(graphOf(known(lists), findKind)));
  expect(shown).toContain('storageclasses/standard');
  expect(shown).not.toContain('persistentvolumes/pv-2');
});
