import { expect, test } from 'vitest';
import type { KubeObject } from '../../../machinery/object.ts';
import { createErrors } from '../../../testing/strategy.ts';
import type { DefinedKind } from '../../define.ts';
import { pod } from '../pod.ts';
import { podTemplate } from '../pod-template.ts';

test('a template may leave an image volume open, and no empty class or policy stands for none', () => {
  const spec = {
    containers: [{ name: 'c', image: 'x' }],
    volumes: [{ name: 'v', image: { reference: '' } }],
    runtimeClassName: '',
    preemptionPolicy: '',
    priorityClassName: '',
  };
  const errors = (kind: DefinedKind, object: object) =>
    createErrors(kind, { apiVersion: 'v1', kind: kind.kind, metadata: { name: 'a' }, ...object } as KubeObject).map(
      (text) => text.replace(/(Invalid value: ""): .*/, '$1'),
    );
  expect(errors(podTemplate, { template: { spec } })).toEqual([
    'template.spec.runtimeClassName: Invalid value: ""',
    'template.spec.preemptionPolicy: Required value',
  ]);
  expect(errors(pod, { spec })).toEqual([
    'spec.volumes[0].image.reference: Required value',
    'spec.runtimeClassName: Invalid value: ""',
    'spec.preemptionPolicy: Required value',
  ]);
});
