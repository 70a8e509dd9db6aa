/**
 * Whether the cluster is asked what it uses. Each question wakes its object and the agents of nodes, so a page that is
 * left open does not ask, nor one whose pods are simulated while nothing has changed with them: they use the same.
 */
export interface Situation {
  isLive: boolean;
  /** A person looks at the page. */
  isLookedAt: boolean;
  /** Some of it runs on machines, whose use changes by itself. */
  isReal: boolean;
  /** The state that the answer depends on, when it came and now. */
  answered: string | undefined;
  version: string;
}

/** `hold`: the last sample is true still. */
export function nextStep({ isLive, isLookedAt, isReal, answered, version }: Situation): 'ask' | 'hold' | 'wait' {
  if (!isLive) return 'wait';
  if (!isReal && answered === version) return 'hold';
  return isLookedAt ? 'ask' : 'wait';
}
