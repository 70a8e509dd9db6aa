import { expect, test } from 'vitest';
import { KindRegistry } from '../../../kube/kinds/registry.ts';
import { matcherFactory } from './match.ts';

test.each([{}, { labelSelector: 'app=web' }])(
  'a watch with %j of a kind that is not served matches nothing',
  (selectors) => {
    const match = matcherFactory(new KindRegistry());
    const request = { prefix: 'widgets.example.com/', bookmarks: false, as: { type: 'object' as const }, ...selectors };
    const matcher = match({ ...request, apiVersion: 'example.com/v1', kind: 'Widget' });
    const object = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { labels: { app: 'web' } } };
    expect([matcher?.matches(object), matcher?.mayMatch?.(JSON.stringify(object))]).toEqual([false, false]);
  },
);
