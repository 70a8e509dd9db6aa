/** `ValidateJob` in `pkg/apis/batch/validation/validation.go` */

import { equalFields } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Label } from '../../machinery/names.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { Schema } from '../../machinery/schema/schema.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { Job, JobSpec } from '../../types.ts';
import { validatePodTemplate } from '../core/pod-spec/validate.ts';
import { validateDomainPath } from '../validation/domain-path.ts';
import { validateEnum, validateImmutable, validateNonNegative } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { readSelector, validateSelects } from '../validation/workloads.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './pod-policies.ts';

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;
const MAX_INDEXED = 100_000;
/** Of a job with more completions than {@link MAX_INDEXED}. */
const MAX_AT_ONCE = 10_000;
const MAX_MANAGER = 63;

function validateIndexed(spec: JobSpec, field: string): FieldError[] {
  const { completions, parallelism } = spec;
  const errors: FieldError[] = [];
  if (completions === undefined) {
    errors.push(fieldError.required(`${field}.completions`, 'when completion mode is Indexed'));
  }
  if (parallelism !== undefined && parallelism > MAX_INDEXED) {
    const detail = `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`;
    errors.push(fieldError.invalid(`${field}.parallelism`, parallelism, detail));
  }
  return [...errors, ...validateFailedIndexes(spec, field), ...validateHighCompletions(spec, field)];
}

function validateFailedIndexes({ completions, maxFailedIndexes }: JobSpec, field: string): FieldError[] {
  if (maxFailedIndexes === undefined) return [];
  const errors: FieldError[] = [];
  if (completions !== undefined && maxFailedIndexes > completions) {
    const detail = 'must be less than or equal to completions';
    errors.push(fieldError.invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, detail));
  }
  if (maxFailedIndexes > MAX_INDEXED) {
    const detail = `must be less than or equal to ${MAX_INDEXED}`;
    errors.push(fieldError.invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, detail));
  }
  return errors;
}

/** The indexes that have failed are kept in the status, whose room is limited. */
function validateHighCompletions(spec: JobSpec, field: string): FieldError[] {
  const { completions = 0, backoffLimitPerIndex, maxFailedIndexes } = spec;
  if (completions <= MAX_INDEXED || backoffLimitPerIndex === undefined) return [];
  const errors: FieldError[] = [];
  if (maxFailedIndexes === undefined) {
    const detail = `must be specified when completions is above ${MAX_INDEXED}`;
    errors.push(fieldError.required(`${field}.maxFailedIndexes`, detail));
  }
  for (const name of ['parallelism', 'maxFailedIndexes'] as const) {
    const value = spec[name] ?? 0;
    if (value <= MAX_AT_ONCE) continue;
    const detail = `must be less than or equal to ${MAX_AT_ONCE} when completions are above ${MAX_INDEXED} and used with backoff limit per index`;
    errors.push(fieldError.invalid(`${field}.${name}`, value, detail));
  }
  return errors;
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, field: string): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? '';
  const at = `${field}.template.spec.restartPolicy`;
  if (policy === 'Always' || policy === '') return [fieldError.required(at, 'valid values: "OnFailure", "Never"')];
  const errors = validateEnum(policy, ['OnFailure', 'Never'], at);
  if (errors.length > 0 || !podFailurePolicy || policy === 'Never') return errors;
  return [fieldError.invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** The rules of Jobs, and of the template in a CronJob, which has no selector yet. */
export function validateJobSpec(spec: JobSpec, field: string): FieldError[] {
  const errors = COUNTS.flatMap((name) => validateNonNegative(spec[name], `${field}.${name}`));
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(fieldError.required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  }
  if (spec.managedBy !== undefined) {
    errors.push(...validateDomainPath(spec.managedBy, `${field}.managedBy`));
    if (exceedsUtf8([spec.managedBy], MAX_MANAGER)) errors.push(fieldError.tooLong(`${field}.managedBy`, MAX_MANAGER));
  }
  const mode = spec.completionMode ?? 'NonIndexed';
  errors.push(...validateEnum(mode, ['NonIndexed', 'Indexed'], `${field}.completionMode`));
  if (mode === 'Indexed') errors.push(...validateIndexed(spec, field));
  if (mode === 'NonIndexed') {
    for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
      const value = spec[name];
      if (value === undefined) continue;
      errors.push(fieldError.invalid(`${field}.${name}`, value, 'requires indexed completion mode'));
    }
  }
  errors.push(...validatePodFailurePolicy(spec, `${field}.podFailurePolicy`));
  errors.push(...validateSuccessPolicy(spec, `${field}.successPolicy`));
  if (spec.podReplacementPolicy !== undefined) {
    const policies = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
    errors.push(...validateEnum(spec.podReplacementPolicy, policies, `${field}.podReplacementPolicy`));
  }
  errors.push(...validatePodTemplate(spec.template, `${field}.template`));
  return [...errors, ...validateRestartPolicy(spec, field)];
}

const LEGACY_LABELS = ['controller-uid', 'job-name'];
const LABELS = LEGACY_LABELS.map((name) => `batch.kubernetes.io/${name}`);

/** The selector that the server made selects the pods by labels of the job's own (`validateGeneratedSelector`). */
function validateGenerated({ spec, metadata: { uid = '', name = '' } }: Job, old: Job | undefined): FieldError[] {
  if (!spec?.selector || spec.manualSelector) return [];
  const before = old?.spec?.template?.metadata?.labels ?? {};
  const isPrefixed = !old || LABELS.every((label) => before[label] !== undefined);
  const expected = [...LEGACY_LABELS, ...(isPrefixed ? LABELS : [])].map((label): [string, string] => [
    label,
    label.endsWith('uid') ? uid : name,
  ]);
  const labels = spec.template?.metadata?.labels ?? {};
  const errors = expected.flatMap(([label, value]) => {
    const at = `spec.template.metadata.labels[${label}]`;
    if (labels[label] === undefined) return [fieldError.required(at, `must be '${value}'`)];
    return labels[label] === value ? [] : [fieldError.invalid(at, labels, `must be '${value}'`)];
  });
  if (readSelector(spec.selector, 'spec.selector')?.matches(Object.fromEntries(expected)) === false) {
    errors.push(fieldError.invalid('spec.selector', spec.selector, '`selector` not auto-generated'));
  }
  return errors;
}

export function validateJob(job: Job, old?: Job): FieldError[] {
  const { spec = {} as JobSpec, metadata } = job;
  const errors = [...validateGenerated(job, old), ...validateJobSpec(spec, 'spec')];
  if (!spec.selector) errors.push(fieldError.required('spec.selector'));
  else errors.push(...validateLabelSelector(spec.selector, 'spec.selector'));
  const selector = readSelector(spec.selector, 'spec.selector');
  if (selector) errors.push(...validateSelects(selector, spec.template, 'spec.template', false));
  if (spec.completionMode === 'Indexed' && spec.completions && !metadata.resourceVersion) {
    const last = `${metadata.name}-${spec.completions - 1}`;
    if (isDNS1123Label(last).length > 0) {
      const detail = `will not able to create pod with invalid DNS label: ${last}`;
      errors.push(fieldError.invalid('metadata.name', metadata.name, detail));
    }
  }
  return errors;
}

/** While a job is suspended and has no pods, where they may run, and with which resources, can still change. */
function validateTemplateUpdate(next: JobSpec, old: JobSpec, { status = {} }: Job, schema?: Schema): FieldError[] {
  const field = 'spec.template';
  const isSuspended = status.conditions?.some((each) => each.type === 'Suspended' && each.status === 'True');
  const isOpen = old.suspend && (!status.startTime || isSuspended) && (status.active ?? 0) === 0;
  const [template, before] = [next.template?.spec, structuredClone(old.template?.spec)];
  if (!isOpen || !template || !before) return validateImmutable(next.template, old.template, field, schema);
  const nodeAffinity = template.affinity?.nodeAffinity;
  const affinity = Object.entries({ ...before.affinity, nodeAffinity }).filter(([, rules]) => rules !== undefined);
  if (affinity.length > 0 || template.affinity) before.affinity = Object.fromEntries(affinity);
  else delete before.affinity;
  const { nodeSelector, tolerations, schedulingGates } = template;
  Object.assign(before, { nodeSelector, tolerations, schedulingGates });
  for (const name of ['containers', 'initContainers'] as const) {
    const [ours = [], theirs = []] = [template[name], before[name]];
    if (ours.length !== theirs.length) continue;
    for (const [i, container] of theirs.entries()) {
      if (container.name === ours[i]?.name) container.resources = ours[i].resources;
    }
  }
  const { fields } = schemaOf('io.k8s.api.core.v1.PodTemplateSpec');
  return validateImmutable(template, before, `${field}.spec`, fields.get('spec')?.schema);
}

export function validateJobUpdate({ spec: next }: Job, job: Job): FieldError[] {
  const old = job.spec;
  if (!next || !old) return [];
  const errors: FieldError[] = [];
  if (next.completionMode !== 'Indexed') {
    errors.push(...validateImmutable(next.completions, old.completions, 'spec.completions'));
  } else if (next.completions !== undefined && ![old.completions, next.parallelism].includes(next.completions)) {
    const detail = 'can only be modified in tandem with spec.parallelism';
    errors.push(fieldError.invalid('spec.completions', next.completions, detail));
  }
  const { fields } = schemaOf('io.k8s.api.batch.v1.JobSpec');
  errors.push(...validateImmutable(next.selector, old.selector, 'spec.selector', fields.get('selector')?.schema));
  errors.push(...validateTemplateUpdate(next, old, job, fields.get('template')?.schema));
  for (const name of [
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'successPolicy',
  ] as const) {
    if (equalFields(fields.get(name), next[name], old[name])) continue;
    errors.push(fieldError.invalid(`spec.${name}`, next[name] ?? null, 'field is immutable'));
  }
  return errors;
}
