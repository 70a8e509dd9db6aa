import { semanticEqual } from '../../machinery/equality.ts';
import { goQuote } from '../../machinery/schema/go-names.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { DaemonSet } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { formatLabels } from '../columns/text.ts';
import { applyPodTemplateDefaults } from '../core/pod-spec/defaults.ts';
import { templateWarnings } from '../core/pod-spec/warnings.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { validateDaemonSet, validateDaemonSetStatusUpdate, validateDaemonSetUpdate } from './daemon-set-validation.ts';

function applyDefaults(daemonSet: DaemonSet): void {
  daemonSet.spec ??= {} as NonNullable<DaemonSet['spec']>;
  const { spec } = daemonSet;
  spec.template ??= {};
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
  }
  if (spec.updateStrategy.rollingUpdate) {
    // Upstream's conversion sets both, also where the type is another.
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 0;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  applyPodTemplateDefaults(spec.template);
  // Upstream reads the annotation into a field and prints it from there, so every request seems to give it.
  setTemplateGeneration(daemonSet, templateGeneration(daemonSet));
}

/** This annotation holds a field that the spec had before apps/v1. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const newStatus = withStatus({
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
});

const INTEGER = /^[+-]?\d+$/;

function templateGeneration({ metadata }: DaemonSet): bigint {
  const given = metadata.annotations?.[TEMPLATE_GENERATION] ?? '';
  return INTEGER.test(given) ? BigInt(given.replace('+', '')) : 0n;
}

/** `Convert_v1_DaemonSet_To_apps_DaemonSet` */
function unreadable(daemonSet: DaemonSet): string | undefined {
  const given = daemonSet.metadata?.annotations?.[TEMPLATE_GENERATION];
  if (given === undefined) return undefined;
  const why = INTEGER.test(given) ? 'value out of range' : 'invalid syntax';
  if (INTEGER.test(given) && BigInt.asIntN(64, templateGeneration(daemonSet)) === templateGeneration(daemonSet))
    return undefined;
  return `strconv.ParseInt: parsing ${goQuote(given)}: ${why}`;
}

function setTemplateGeneration({ metadata }: DaemonSet, generation: bigint): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

export const daemonSet = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'acted-on',
  generateNameRule: 'create',
  generation: true,
  fieldAnnotations: [TEMPLATE_GENERATION],
  columns: [
    nameColumn,
    countColumn<DaemonSet>(
      'Desired',
      'How many nodes should run the pod.',
      ({ status }) => status?.desiredNumberScheduled,
    ),
    countColumn<DaemonSet>('Current', 'How many of them do.', ({ status }) => status?.currentNumberScheduled),
    countColumn<DaemonSet>('Ready', 'On how many it is ready.', ({ status }) => status?.numberReady),
    countColumn<DaemonSet>(
      'Up-to-date',
      'On how many it is of the latest template.',
      ({ status }) => status?.updatedNumberScheduled,
    ),
    countColumn<DaemonSet>('Available', 'On how many it is available.', ({ status }) => status?.numberAvailable),
    column<DaemonSet>('Node Selector', 'Which nodes run the pod.', ({ spec }) =>
      formatLabels(spec?.template?.spec?.nodeSelector),
    ),
    ageColumn,
    ...containerColumns<DaemonSet>(({ spec }) => spec?.template?.spec?.containers),
    selectorColumn<DaemonSet>(({ spec }) => spec?.selector),
  ],
  subresources: { status: true },
  strategy: {
    unreadable,
    applyDefaults,
    prepareForStatusUpdate: (next, old) => setTemplateGeneration(next, templateGeneration(old)),
    validate: validateDaemonSet,
    validateUpdate: validateDaemonSetUpdate,
    changesFirst: true,
    validateStatusUpdate: validateDaemonSetStatusUpdate,
    warnings: ({ spec }, old) => templateWarnings(spec?.template, old?.spec?.template),
    prepareForCreate(daemonSet) {
      const given = templateGeneration(daemonSet);
      setTemplateGeneration(daemonSet, given > 1n ? given : 1n);
      newStatus(daemonSet);
    },
    prepareForUpdate(next, old) {
      const before = templateGeneration(old);
      const changed = !semanticEqual(
        schemaOf('io.k8s.api.core.v1.PodTemplateSpec'),
        next.spec?.template,
        old.spec?.template,
      );
      setTemplateGeneration(next, before + (changed ? 1n : 0n));
    },
  },
});
