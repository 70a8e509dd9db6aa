import { expect, test } from 'vitest';
import { customResourceDefinitionController } from './custom-resource-definition-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { planFor } from './runtime/testing/plan-for.ts';

const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';
const NOW = Date.parse('2026-01-01T00:01:00Z');

interface Definition {
  status?: { acceptedNames?: object; conditions?: { type: string; status: string; reason?: string }[] };
}

const namesOf = (plural: string, kind: string, shortNames?: string[]) => ({
  plural,
  singular: kind.toLowerCase(),
  kind,
  listKind: `${kind}List`,
  ...(shortNames ? { shortNames } : {}),
});
const definition = (plural: string, names: object, status: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.com` },
  spec: { group: 'example.com', scope: 'Namespaced', names, versions: [] },
  status,
});
const shown = ({ status }: Definition = {}) =>
  (status?.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);

test('a definition is given its names and is established, in one write, and then left alone', () => {
  const names = namesOf('widgets', 'Widget', ['wd']);
  const key = `${CRDS}//widgets.example.com`;
  const { actions } = planFor(customResourceDefinitionController, key, [definition('widgets', names)], NOW);
  expect(actions).toMatchObject([{ do: 'update-status', object: { status: { acceptedNames: names } } }]);
  const { status } = (actions[0] as unknown as { object: Definition }).object;
  expect(shown({ status })).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']);
  const settled = definition('widgets', names, status);
  expect(planFor(customResourceDefinitionController, key, [settled], NOW + 5000)).toEqual({ actions: [] });
  expect(planFor(customResourceDefinitionController, key, [], NOW)).toEqual({ actions: [] });
});

test('of two that ask for a name the first has it, and the other once that goes, whenever the object dies', async () => {
  const harness = new Harness([customResourceDefinitionController]);
  const { api } = harness;
  const other = () => api.read<Definition & { metadata: object }>(CRDS, '', 'others.example.com');
  await api.apply(CRDS, definition('widgets', namesOf('widgets', 'Widget', ['wd'])));
  await harness.settle();
  await api.apply(CRDS, definition('others', namesOf('others', 'Other', ['wd'])));
  await harness.settle();
  expect(shown(other() as Definition)).toEqual([
    'NamesAccepted=False ShortNamesConflict',
    'Established=False NotAccepted',
  ]);
  await api.remove(CRDS, '', 'widgets.example.com');
  for (let steps = 0; steps < 3; steps++) {
    await harness.step();
    harness.kill();
  }
  await harness.settle();
  expect(shown(other() as Definition)).toEqual([
    'NamesAccepted=True NoConflicts',
    'Established=True InitialNamesAccepted',
  ]);
  expect(harness.errors).toEqual([]);
});
