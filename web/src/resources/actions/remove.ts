/** `kubectl delete`, of several at once. */
import { kubectlLine } from './kubectl-line.ts';
import { type Decision, type Target, targetPath } from './plan.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface RemoveOptions {
  propagation: Propagation;
  /** Seconds; the kind's own when left out. 0 does not wait for a node to say that it ended. */
  grace?: number;
}

export function remove(targets: readonly Target[], { propagation, grace }: RemoveOptions): Decision {
  const flags: string[] = [];
  if (propagation !== 'Background') flags.push(`--cascade=${propagation.toLowerCase()}`);
  if (grace === 0) flags.push('--grace-period=0', '--force');
  else if (grace !== undefined) flags.push(`--grace-period=${grace}`);
  return {
    steps: targets.map((target) => ({
      method: 'DELETE',
      path: targetPath(target),
      body: {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        propagationPolicy: propagation,
        ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
        // The one that was looked at, and none that has its name since.
        ...(target.object.metadata.uid ? { preconditions: { uid: target.object.metadata.uid } } : {}),
      },
    })),
    kubectl: kubectlLine(targets, { verb: 'delete', flags }),
  };
}
