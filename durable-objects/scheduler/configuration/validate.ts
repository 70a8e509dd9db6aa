/** A configuration must make sense (`apis/config/validation/validation.go`). */
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import { validateExtenders } from './extenders.ts';
import type { Configuration, ConfiguredProfile } from './types.ts';
import { validateArgs } from './validate-args.ts';

const { invalid, required, duplicate } = fieldError;

export function validate(configuration: Configuration, profiles: readonly ConfiguredProfile[]): FieldError[] {
  const { parallelism = 16, percentageOfNodesToScore, extenders = [] } = configuration;
  const { podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: max = 10 } = configuration;
  const errors: FieldError[] = [];
  if (parallelism <= 0)
    errors.push(invalid('parallelism', parallelism, 'should be an integer value greater than zero'));
  const known = new Map<string, number>();
  for (const [i, profile] of profiles.entries()) {
    const path = `profiles[${i}]`;
    const name = profile.schedulerName ?? '';
    errors.push(...validateProfile(profile, path));
    const other = known.get(name);
    if (other !== undefined) errors.push(duplicate(`${path}.schedulerName`, `profiles[${other}].schedulerName`));
    known.set(name, i);
  }
  errors.push(...commonQueueSort(profiles), ...percentage(percentageOfNodesToScore, 'percentageOfNodesToScore'));
  if (initial <= 0) errors.push(invalid('podInitialBackoffSeconds', initial, 'must be greater than 0'));
  if (max < initial) {
    errors.push(invalid('podMaxBackoffSeconds', max, 'must be greater than or equal to PodInitialBackoffSeconds'));
  }
  return [...errors, ...validateExtenders(extenders)];
}

function percentage(value: number | undefined, path: string): FieldError[] {
  if (value === undefined || (value >= 0 && value <= 100)) return [];
  return [invalid(path, value, 'not in valid range [0-100]')];
}

function validateProfile(profile: ConfiguredProfile, path: string): FieldError[] {
  const { schedulerName, percentageOfNodesToScore, pluginConfig = [] } = profile;
  const errors = schedulerName ? [] : [required(`${path}.schedulerName`)];
  errors.push(...percentage(percentageOfNodesToScore, `${path}.percentageOfNodesToScore`));
  const seen = new Set<string>();
  for (const [i, { name, args = {} }] of pluginConfig.entries()) {
    const at = `${path}.pluginConfig[${i}]`;
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    errors.push(...validateArgs(name, args, `${at}.args`));
  }
  return errors;
}

/** One queue has the pods of all profiles. */
function commonQueueSort(profiles: readonly ConfiguredProfile[]): FieldError[] {
  const [first, ...rest] = profiles.map(({ plugins }) => plugins?.queueSort ?? {});
  const errors: FieldError[] = [];
  const count = first?.enabled?.length ?? 0;
  if (count > 1) {
    errors.push(invalid('profiles[0].plugins.queueSort.Enabled', count, 'only one queue sort plugin can be enabled'));
  }
  for (const [i, other] of rest.entries()) {
    if (JSON.stringify(other) === JSON.stringify(first)) continue;
    errors.push(invalid(`profiles[${i + 1}].plugins.queueSort`, other, 'must be the same for all profiles'));
  }
  return errors;
}
