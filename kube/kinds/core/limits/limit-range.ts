import type { LimitRange } from '../../../types.ts';
import { NAME_AND_CREATED_AT } from '../../columns/column.ts';
import { defineKind } from '../../define.ts';
import { applyQuantityDefaults } from '../pod-spec/container-defaults.ts';
import { limitsOf, validateLimitRange } from './limit-range-validation.ts';

export const limitRange = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  scope: 'Namespaced',
  support: 'acted-on',
  allowCreateOnUpdate: true,
  columns: NAME_AND_CREATED_AT,
  strategy: {
    applyDefaults(range) {
      for (const item of limitsOf(range)) {
        for (const list of [item.default, item.defaultRequest, item.max, item.min, item.maxLimitRequestRatio]) {
          applyQuantityDefaults(list);
        }
        if (item.type !== 'Container') continue;
        const limits = { ...item.max, ...item.default };
        const requests = { ...item.min, ...limits, ...item.defaultRequest };
        if (Object.keys(limits).length > 0) item.default = limits;
        if (Object.keys(requests).length > 0) item.defaultRequest = requests;
      }
    },
    prepareForCreate(range) {
      prepareLimitRange(range);
      range.metadata.name ||= anotherUid(range.metadata.uid ?? '');
    },
    prepareForUpdate: prepareLimitRange,
    validate: validateLimitRange,
  },
});

/** A uid like the given one, its first eight digits reversed: it names a limit range that has no name in messages. */
function anotherUid(uid: string): string {
  return [...uid.slice(0, 8)].reverse().join('') + uid.slice(8);
}

/** Go prints a list that is not there as null, and its storage keeps no empty one. */
function prepareLimitRange({ spec }: LimitRange): void {
  if (spec && !spec.limits?.length) spec.limits = null as never;
}
