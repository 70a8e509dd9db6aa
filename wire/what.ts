/** The effect of a write on an object, as codes with their values, which page and terminal put into words. */

export type What =
  | { code: 'created' }
  | { code: 'createdWith'; count: number }
  | { code: 'deleted' }
  | { code: 'changed' }
  /** `names`: `spec.taints`, or a status's condition. */
  | { code: 'fields'; names: readonly string[] }
  | { code: 'stopping'; seconds: number }
  | { code: 'deleting' }
  | { code: 'rollout'; revision: string }
  | { code: 'bound'; node: string }
  | { code: 'scaled'; from: number; to: number }
  | { code: 'paused' }
  | { code: 'resumed' }
  | { code: 'template'; images: readonly string[] }
  | { code: 'phase'; from?: string; to: string }
  | { code: 'ready' }
  | { code: 'notReady' }
  | { code: 'notSchedulable' }
  | { code: 'container'; name: string; state: 'waiting' | 'running' | 'terminated'; reason: string }
  /** `wanted` of a workload's pods, of which so many are ready. */
  | { code: 'replicas'; ready: number; wanted: number }
  /** Of the condition Progressing. */
  | { code: 'progress'; reason: string };

const WORDS: { readonly [Code in What['code']]: (what: Extract<What, { code: Code }>) => string } = {
  created: () => 'created',
  createdWith: ({ count }) => `created with ${count} replica${count === 1 ? '' : 's'}`,
  deleted: () => 'deleted',
  changed: () => 'changed',
  fields: ({ names }) => `changed ${names.join(', ')}`,
  stopping: ({ seconds }) => `asked to stop within ${seconds} s`,
  deleting: () => 'being deleted',
  rollout: ({ revision }) => `rollout revision ${revision}`,
  bound: ({ node }) => `bound to ${node}`,
  scaled: ({ from, to }) => `scaled from ${from} to ${to}`,
  paused: () => 'paused',
  resumed: () => 'resumed',
  template: ({ images }) => `new pod template${images.length > 0 ? ` (${images.join(', ')})` : ''}`,
  phase: ({ from, to }) => (from ? `${from} → ${to}` : to),
  ready: () => 'ready',
  notReady: () => 'not ready',
  notSchedulable: () => 'not schedulable',
  container: ({ name, state, reason }) => `container ${name} ${state}${reason ? ` (${reason})` : ''}`,
  // While old ones go there are more than are wanted.
  replicas: ({ ready, wanted }) =>
    ready > wanted ? `${ready} ready, ${wanted} wanted` : `${ready} of ${wanted} ready`,
  progress: ({ reason }) => reason,
};

/** In English: `Pending → Running, ready` */
export function whatText(parts: readonly What[]): string {
  return parts.map((what) => (WORDS[what.code] as (what: What) => string)(what)).join(', ');
}
