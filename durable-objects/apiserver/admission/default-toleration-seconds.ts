/** Pods stay 300 seconds on a node that is gone (upstream `plugin/pkg/admission/defaulttolerationseconds`). */
import type { Pod, Toleration } from '../../../kube/types.ts';
import { changed } from './changed.ts';
import type { Plugin } from './plugin.ts';

const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;
const SECONDS = 300;

export const defaultTolerationSeconds: Plugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  mutate(attributes) {
    const { call, operation, subresource, object } = attributes;
    if (call.kind.resource !== 'pods' || subresource !== '' || operation === 'DELETE') return;
    const spec = (object as unknown as Pod).spec;
    if (!spec) return;
    const given: Toleration[] = spec.tolerations ?? [];
    const added = KEYS.filter((key) => !given.some((toleration) => tolerates(toleration, key))).map(
      (key): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }),
    );
    if (added.length === 0) return;
    spec.tolerations = [...given, ...added];
    changed(attributes, 'DefaultTolerationSeconds', 'spec.tolerations');
  },
};

function tolerates({ key, effect }: Toleration, taint: string): boolean {
  return (key === taint || !key) && (effect === 'NoExecute' || !effect);
}
