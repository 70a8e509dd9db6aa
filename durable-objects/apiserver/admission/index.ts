/** The plugins, in upstream's order (`pkg/kubeapiserver/options/plugins.go`). */
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { nodeRestriction } from './node-restriction.ts';
import type { Admission, Plugin } from './plugin.ts';
import { priority } from './priority.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

const PLUGINS: readonly Plugin[] = [
  namespaceLifecycle,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  runtimeClass,
];

/** Waits for what a plugin wants to see first; most requests wait for nothing. */
export async function prepareAdmission(admission: Admission): Promise<void> {
  for (const plugin of PLUGINS) {
    const waiting = plugin.prepare?.(admission);
    if (waiting) await waiting;
  }
}

export function mutate(admission: Admission): void {
  for (const plugin of PLUGINS) plugin.mutate?.(admission);
}

export function validate(admission: Admission): void {
  for (const plugin of PLUGINS) plugin.validate?.(admission);
}
