import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { horizontalPodAutoscalerController as controller } from './horizontal-pod-autoscaler-controller.ts';
import type { Inquiry } from './runtime/plan.ts';
import { Interner } from './runtime/view/interner.ts';
import { type Projection, projectionOf } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const HPAS = 'horizontalpodautoscalers.autoscaling';
const DEPLOYMENTS = 'deployments.apps';

/** Autoscalers of as many Deployments, of which the last has the labels of the first. */
function fleet(size: number): { view: View; read: string[] } {
  const objects = new Map<string, KubeObject>();
  for (let at = 0; at < size; at++) {
    const metadata = { name: `web-${at}`, namespace: 'default', uid: `u-${at}` };
    const app = at === size - 1 ? 'web-0' : metadata.name;
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name };
    objects.set(keyOf(HPAS, 'default', metadata.name), { metadata, spec: { scaleTargetRef, maxReplicas: 3 } } as never);
    objects.set(keyOf(DEPLOYMENTS, 'default', metadata.name), {
      metadata,
      spec: { selector: { matchLabels: { app } } },
    } as never);
  }
  const pod = { metadata: { name: 'a', namespace: 'default', uid: 'p', labels: { app: 'web-0' } } };
  objects.set(keyOf('pods', 'default', 'a'), pod as never);
  const interner = new Interner();
  const project = (key: string): Projection | undefined => {
    const object = objects.get(key);
    const { resource } = parseKey(key);
    const facts = controller.projections?.filter((each) => each.resource === resource) ?? [];
    return object && projectionOf(key, 1, object, facts, interner, (error) => expect.fail(String(error)));
  };
  const read: string[] = [];
  const view = {
    get(resource: string, namespace: string, name: string) {
      read.push(`${resource}/${name}`);
      return objects.get(keyOf(resource, namespace, name));
    },
    projection: project,
    projections: (resource: string) => [...objects.keys()].filter((key) => key.startsWith(`${resource}/`)).map(project),
    resourceOf: () => DEPLOYMENTS,
  } as unknown as View;
  return { view, read };
}

test('other autoscalers of the same pods are found without reading any of them', () => {
  const { view, read } = fleet(300);
  const inquiry = controller.reconcile(keyOf(HPAS, 'default', 'web-0'), view, 0) as Inquiry;
  expect(inquiry.next()).toMatchObject({ value: { name: 'web-0', subresource: 'scale' } });
  const scale = { metadata: {}, spec: { replicas: 1 }, status: { replicas: 1, selector: 'app=web-0' } };
  const plan = inquiry.next({ ok: true, object: scale });
  expect(JSON.stringify(plan)).toContain('controlled by multiple HPAs: [{web-0 default} {web-299 default}]');
  expect(read).toEqual([`${HPAS}/web-0`, 'pods/a']);
});
