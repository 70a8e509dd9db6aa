import { expect, test } from 'vitest';
import { addLine, capacityProblem, newNode, stressesOf, stressPatch, taintOf } from './simulated.ts';

const usual = { zone: '', capacity: '', taint: '' };

test('new nodes have ranges that are theirs', () => {
  const nodes = ['sim-0', 'sim-2'].map((name) => newNode(name, usual, []));
  expect(newNode('sim-1', usual, nodes).spec).toEqual({ podCIDR: '10.245.1.0/24', podCIDRs: ['10.245.1.0/24'] });
  expect(newNode('sim-2', usual, nodes).spec).toEqual({});
});

test('zone, capacity and taint are in the object as the CLI puts them', () => {
  const { metadata, spec } = newNode('sim-0', { zone: 'a', capacity: 'cpu=4', taint: 'own=yes:NoSchedule' }, []);
  expect(metadata.labels).toEqual({ 'islet.dev/simulated': 'true', 'topology.kubernetes.io/zone': 'a' });
  expect(metadata.annotations).toEqual({ 'islet.dev/simulated-capacity': 'cpu=4' });
  expect(spec?.taints).toEqual([{ key: 'own', value: 'yes', effect: 'NoSchedule' }]);
  expect(taintOf('own')).toBeUndefined();
  expect(taintOf('own:NoSchedule')).toEqual({ key: 'own', effect: 'NoSchedule' });
  expect(capacityProblem('cpu=lots')).toBeTruthy();
  expect(capacityProblem('cpu=4,memory=8Gi')).toBeUndefined();
});

test('a stress takes the place of those before', () => {
  const { metadata } = stressPatch('ready') as { metadata: { annotations: Record<string, string> } };
  expect(metadata.annotations['islet.dev/simulated-ready']).toBe('false');
  expect(metadata.annotations['islet.dev/simulated-unreachable']).toBeNull();
  expect(stressesOf({ apiVersion: 'v1', kind: 'Node', metadata })).toEqual(['ready']);
});

test('the line of the terminal says the same', () => {
  expect(addLine(2, { ...usual, zone: 'a b' }, 'default')).toBe("nodes add 2 --zone 'a b' --cluster default");
});
