import type { IngressClass } from '../../types.ts';
import { ageColumn, column } from '../columns/column.ts';
import { classNameColumn } from '../columns/default-class.ts';
import { NONE } from '../columns/text.ts';
import { defineKind } from '../define.ts';

function parameters({ spec }: IngressClass): string {
  const reference = spec?.parameters;
  if (!reference) return NONE;
  const group = typeof reference.apiGroup === 'string' ? `.${reference.apiGroup}` : '';
  return `${reference.kind}${group}/${reference.name}`;
}

export const ingressClass = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  scope: 'Cluster',
  support: 'stored',
  generation: true,
  columns: [
    classNameColumn('ingressclass.kubernetes.io/is-default-class'),
    column<IngressClass>('Controller', 'Which controller handles the class.', ({ spec }) => spec?.controller ?? ''),
    column('Parameters', 'Object with more parameters.', parameters),
    ageColumn,
  ],
  strategy: {
    applyDefaults({ spec }) {
      if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
    },
  },
});
