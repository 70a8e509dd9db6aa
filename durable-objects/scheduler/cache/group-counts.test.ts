import { expect, test } from 'vitest';
import { selectorFromMap } from '../../../kube/machinery/selectors/labels.ts';
import { pod } from '../testing/objects.ts';
import { GroupCounts, selectorKeyOf } from './group-counts.ts';
import { projectPod } from './projections.ts';

const running = (namespace: string, name: string) => ({
  ...projectPod(`pods/${namespace}/${name}`, pod(name, { nodeName: 'n' }), 1),
  namespace,
});

/** The pods of these namespaces, and how many were looked at to count them. */
function counting(counts: GroupCounts, namespaces: string[]) {
  let looked = 0;
  const inner = selectorFromMap({ app: 'web' });
  const selector = {
    ...inner,
    matches(labels: Parameters<typeof inner.matches>[0]) {
      looked++;
      return inner.matches(labels);
    },
  };
  const group = counts.of({ namespaces, selector, selectorKey: selectorKeyOf(inner), deleting: true });
  return { found: group.perNode.get('n') ?? 0, looked };
}

test('pods of many namespaces are counted together, and once', () => {
  const counts = new GroupCounts();
  const namespaces = Array.from({ length: 100 }, (_, i) => `ns${i}`);
  for (const namespace of namespaces) counts.add(running(namespace, 'p'), 1);
  expect(counting(counts, namespaces)).toEqual({ found: 100, looked: 100 });
  expect(counting(counts, namespaces)).toEqual({ found: 100, looked: 0 });
});

test('a group that is counted looks at the pods of its own namespaces, and follows them', () => {
  const counts = new GroupCounts();
  const first = running('a', 'p');
  for (const one of [first, running('a', 'q'), running('b', 'p')]) counts.add(one, 1);
  expect(counting(counts, ['a'])).toEqual({ found: 2, looked: 2 });
  counts.add(first, -1);
  expect([counting(counts, ['a']).found, counting(counts, ['a', 'b']).found, counting(counts, []).found]).toEqual([
    1, 2, 0,
  ]);
});
