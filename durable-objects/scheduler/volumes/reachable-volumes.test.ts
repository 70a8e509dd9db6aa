import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isReachable, type VolumeFacts } from '../../../kube/volumes/matching.ts';
import { ReachableVolumes } from './reachable-volumes.ts';

const HOST = 'kubernetes.io/hostname';

function volume(name: string, more: Partial<VolumeFacts>): VolumeFacts {
  const facts = { attributesClass: '', mode: 'Filesystem', accessModes: [], capacity: '1Gi', labels: {} };
  return { name, class: 'local', phase: 'Available', isDeleting: false, ...facts, ...more };
}

const onHost = (name: string, host: string, more: Partial<VolumeFacts> = {}) =>
  volume(name, {
    nodeTerms: [{ matchExpressions: [{ key: HOST, operator: 'In', values: [host] }] }],
    ...more,
  });

test('volumes that all nodes of a cluster reach, or all of a zone, are not copied for each of them, however many', () => {
  for (const terms of [{}, { nodeTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }] }]) {
    const all = new ReachableVolumes<VolumeFacts>();
    for (let i = 0; i < 200_000; i++) all.add(volume('v', terms));
    expect(all.from({ zone: 'a', [HOST]: 'x' })).toHaveLength(200_000);
    expect(all.from({ zone: 'a', [HOST]: 'y' })).toBe(all.from({ zone: 'a', [HOST]: 'x' }));
  }
});

const from = (volumes: VolumeFacts[], labels: Record<string, string>): string[] => {
  const all = new ReachableVolumes<VolumeFacts>();
  for (const one of volumes) all.add(one);
  return all.from(labels).map(({ name }) => name);
};

test('a node is offered its own volumes, those of all nodes and those that are kept for a claim', () => {
  const claim = { namespace: 'n', name: 'c', uid: 'u' };
  const volumes = [onHost('a', 'x'), volume('b', {}), onHost('c', 'y'), onHost('d', 'x'), onHost('e', 'y', { claim })];
  expect(from(volumes, { [HOST]: 'x' })).toEqual(['a', 'b', 'd', 'e']);
  expect(from(volumes, {})).toEqual(['b', 'e']);
  expect(from([onHost('a', 'constructor')], { [HOST]: 'constructor' })).toEqual(['a']);
});

test('every volume that a node reaches is offered to it', () => {
  const text = fc.constantFrom('x', 'y', 'constructor');
  const expression = fc.record({
    key: text,
    operator: fc.constantFrom('In', 'NotIn', 'Exists'),
    values: fc.array(text, { maxLength: 3 }),
  });
  const term = fc.record({ matchExpressions: fc.array(expression, { maxLength: 3 }) });
  const terms = fc.option(fc.array(term, { maxLength: 2 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(terms, { maxLength: 6 }), fc.dictionary(text, text), (all, labels) => {
      const volumes = all.map((nodeTerms, i) => volume(`v${i}`, nodeTerms ? { nodeTerms } : {}));
      const reached = volumes.filter((one) => isReachable(one, labels)).map(({ name }) => name);
      const offered = from(volumes, labels);
      expect(offered.filter((name) => reached.includes(name))).toEqual(reached);
    }),
  );
});
