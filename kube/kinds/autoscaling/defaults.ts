/** `pkg/apis/autoscaling/v2/defaults.go` */
import { gaveEmpty } from '../../machinery/schema/empties.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';

type Rules = NonNullable<NonNullable<NonNullable<HorizontalPodAutoscaler['spec']>['behavior']>['scaleUp']>;

export const DEFAULT_CPU_UTILIZATION = 80;
const PERIOD_SECONDS = 15;

const scaleUp = (): Rules => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: PERIOD_SECONDS },
    { type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS },
  ],
});

const scaleDown = (): Rules => ({
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: PERIOD_SECONDS }],
});

export function applyHPADefaults({ spec }: HorizontalPodAutoscaler): void {
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) {
    const target = { type: 'Utilization', averageUtilization: DEFAULT_CPU_UTILIZATION };
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  if (spec.behavior) spec.behavior = withRules(spec.behavior);
}

type Behavior = NonNullable<HorizontalPodAutoscaler['spec']>['behavior'];

/** A behaviour that says anything has rules for both directions. */
export function withRules(behavior: Behavior): Behavior {
  if (!behavior) return behavior;
  return {
    ...behavior,
    scaleUp: withDefaults(behavior.scaleUp, scaleUp()),
    scaleDown: withDefaults(behavior.scaleDown, scaleDown()),
  };
}

/** A list of policies that was given empty stays empty, and is refused by validation. */
function withDefaults(rules: Rules | undefined, defaults: Rules): Rules {
  return { ...defaults, ...(gaveEmpty(rules, 'policies') ? { policies: [] } : {}), ...rules };
}
