import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label } from '../../machinery/names.ts';
import type { RuntimeClass, Toleration } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { validateResources } from '../core/pod-spec/resource-requirements.ts';
import { validateTolerations } from '../core/pod-spec/scheduling.ts';
import { defineKind } from '../define.ts';
import { invalidEach, validateImmutable } from '../validation/fields.ts';
import { validateLabels } from '../validation/labels.ts';
import { labelWarning } from '../validation/node-labels.ts';

/** Of those that differ in their seconds alone, the first counts. The value has the names that Go has for its fields. */
function repeatedTolerations(tolerations: readonly Toleration[]): FieldError[] {
  const seen = new Set<string>();
  return tolerations.flatMap(({ key = '', operator = '', value = '', effect = '', tolerationSeconds }, index) => {
    const own = { Key: key, Operator: operator, Value: value, Effect: effect };
    const text = JSON.stringify(own);
    const shown = { ...own, TolerationSeconds: tolerationSeconds ?? null };
    const errors = seen.has(text) ? [fieldError.duplicate(`scheduling.tolerations[${index}]`, shown)] : [];
    seen.add(text);
    return errors;
  });
}

export const runtimeClass = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  scope: 'Cluster',
  support: 'stored',
  freeFinalizers: true,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    column<RuntimeClass>('Handler', 'Handler of the container runtime.', ({ handler }) => handler ?? ''),
    ageColumn,
  ],
  strategy: {
    validate: ({ handler, overhead, scheduling }) => [
      ...(handler ? invalidEach('handler', handler, isDNS1123Label(handler)) : [fieldError.required('handler')]),
      ...(overhead ? validateResources({ limits: overhead.podFixed }, 'overhead') : []),
      ...validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector'),
      ...validateTolerations(scheduling?.tolerations, 'scheduling.tolerations'),
      ...repeatedTolerations(scheduling?.tolerations ?? []),
    ],
    validateUpdate: (next, old) => validateImmutable(next.handler, old.handler, 'handler'),
    warnings: ({ scheduling }) =>
      Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) =>
        labelWarning(key, (deprecation) => `scheduling.nodeSelector: ${deprecation}`),
      ),
  },
});
