import { expect, test } from 'vitest';
import { BOOTSTRAP_PRIORITY_LEVELS } from '../../flowcontrol/bootstrap.ts';
import { errorText } from '../../machinery/field-error.ts';
import type { PriorityLevelConfiguration } from '../../types.ts';
import { priorityLevelConfiguration } from './priority-level-configuration.ts';

function problems(spec: unknown, name = 'mine'): string[] {
  const object = { metadata: { name }, spec } as PriorityLevelConfiguration;
  return (priorityLevelConfiguration.strategy.validate?.(object) ?? []).map(errorText);
}

test('bootstrap PriorityLevelConfigurations are valid; of the mandatory ones, only the shares of `exempt` may be changed', () => {
  for (const { metadata, spec } of BOOTSTRAP_PRIORITY_LEVELS) expect(problems(spec, metadata.name)).toEqual([]);
  expect(problems({ type: 'Exempt', exempt: { nominalConcurrencyShares: 5, lendablePercent: 50 } }, 'exempt')).toEqual(
    [],
  );
  const limited = { nominalConcurrencyShares: 6, lendablePercent: 0, limitResponse: { type: 'Reject' } };
  expect(problems({ type: 'Limited', limited }, 'catch-all')).toEqual([
    expect.stringContaining("spec of 'catch-all' must equal the fixed value"),
  ]);
});

test('defaults are upstream’s', () => {
  const limited = { limitResponse: { type: 'Queue', queuing: {} } };
  const object = { metadata: {}, spec: { type: 'Limited', limited } } as PriorityLevelConfiguration;
  priorityLevelConfiguration.strategy.applyDefaults?.(object);
  expect(object.spec?.limited).toEqual({
    nominalConcurrencyShares: 30,
    lendablePercent: 0,
    limitResponse: { type: 'Queue', queuing: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
  });
});

const queuing = (over: object) => ({
  type: 'Limited',
  limited: { limitResponse: { type: 'Queue', queuing: { handSize: 8, queues: 64, queueLengthLimit: 50, ...over } } },
});

test.each<[unknown, string]>([
  [{ type: 'Exempt' }, "spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'"],
  [{ type: 'Limited' }, 'spec.limited: Required value: must not be empty when type is Limited'],
  [{ type: 'Free' }, 'spec.type: Unsupported value: "Free": supported values: "Exempt", "Limited"'],
  [{}, 'spec.type: Required value'],
  [
    { type: 'Limited', limited: { lendablePercent: 101, limitResponse: { type: 'Reject' } } },
    'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
  ],
  [
    { type: 'Limited', limited: { limitResponse: { type: 'Reject', queuing: {} } } },
    'spec.limited.limitResponse.queuing: Forbidden: must be nil if limited.limitResponse.type is not Limited',
  ],
  [
    queuing({ handSize: 65 }),
    'spec.limited.limitResponse.queuing.handSize: Invalid value: 65: should not be greater than queues (64)',
  ],
  [
    queuing({ handSize: 20 }),
    'spec.limited.limitResponse.queuing.handSize: Invalid value: 20: required entropy bits of deckSize 64 and handSize 20 should not be greater than 60',
  ],
])('%j is refused', (spec, text) => {
  expect(problems(spec)).toEqual([text]);
});

test('the annotation that v1beta3 writes for a share of zero is forbidden', () => {
  const annotations = { 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares': '' };
  const limited = { nominalConcurrencyShares: 0, lendablePercent: 0, limitResponse: { type: 'Reject' } };
  const object = { metadata: { name: 'mine', annotations }, spec: { type: 'Limited', limited } };
  const found = priorityLevelConfiguration.strategy.validate?.(object as unknown as PriorityLevelConfiguration) ?? [];
  expect(found.map(errorText)).toEqual([
    "metadata.annotations: Forbidden: annotation 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares' is forbidden",
  ]);
});
