import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { SYSTEM_PRIORITY_CLASSES } from '../../system-objects.ts';
import type { PriorityClass } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { validateEnum, validateImmutable } from '../validation/fields.ts';

/** The highest priority users may give. */
const HIGHEST = 1_000_000_000;

export const priorityClass = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  scope: 'Cluster',
  support: 'acted-on',
  generateNameRule: 'create',
  generation: { raisedBy: [] },
  columns: [
    nameColumn,
    countColumn<PriorityClass>('Value', 'Priority of its pods.', ({ value }) => value),
    column<PriorityClass>(
      'Global-Default',
      'Whether pods that name no class are of this one.',
      ({ globalDefault }) => globalDefault ?? false,
      {
        type: 'boolean',
      },
    ),
    ageColumn,
    column<PriorityClass>(
      'PreemptionPolicy',
      'Whether its pods displace others.',
      ({ preemptionPolicy }) => preemptionPolicy ?? '',
    ),
  ],
  strategy: {
    // The fields of a class cannot change, so an update does not validate them anew.
    validate({ metadata, value = 0, globalDefault = false, preemptionPolicy }, old) {
      if (old) return [];
      const errors: FieldError[] = [];
      const name = metadata.name ?? '';
      if (name.startsWith('system-')) {
        const unknown = notOfTheSystem(name, value, globalDefault);
        if (unknown) {
          const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${unknown}`;
          errors.push(fieldError.forbidden('metadata.name', detail));
        }
      } else if (value > HIGHEST) {
        const detail = `maximum allowed value of a user defined priority is ${HIGHEST}`;
        errors.push(fieldError.forbidden('value', detail));
      }
      if (!preemptionPolicy) return [...errors, fieldError.required('preemptionPolicy')];
      return [...errors, ...validateEnum(preemptionPolicy, ['PreemptLowerPriority', 'Never'], 'preemptionPolicy')];
    },
    validateUpdate: (next, old) => [
      ...(next.value === old.value ? [] : [fieldError.forbidden('value', 'may not be changed in an update.')]),
      ...validateImmutable(next.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy'),
    ],
    refuseDelete: (name) =>
      SYSTEM_PRIORITY_CLASSES.some(({ metadata }) => metadata.name === name)
        ? 'this is a system priority class and cannot be deleted'
        : undefined,
    applyDefaults(priorityClass) {
      priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
    },
  },
});

/** The reason why it is none of the system's own; undefined when it is one (upstream `IsKnownSystemPriorityClass`). */
function notOfTheSystem(name: string, value: number, globalDefault: boolean): string | undefined {
  const known = SYSTEM_PRIORITY_CLASSES.find(({ metadata }) => metadata.name === name);
  if (!known) return `${name} is not a known system priority class`;
  if (value !== known.value) return `value of ${name} PriorityClass must be ${known.value}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}
