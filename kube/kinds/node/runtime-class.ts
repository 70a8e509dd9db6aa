import type { RuntimeClass } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { labelWarning } from '../validation/node-labels.ts';

export const runtimeClass = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  scope: 'Cluster',
  support: 'stored',
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    column<RuntimeClass>('Handler', 'Handler of the container runtime.', ({ handler }) => handler ?? ''),
    ageColumn,
  ],
  strategy: {
    warnings: ({ scheduling }) =>
      Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) =>
        labelWarning(key, (deprecation) => `scheduling.nodeSelector: ${deprecation}`),
      ),
  },
});
