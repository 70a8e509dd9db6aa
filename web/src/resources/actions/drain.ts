/** `kubectl drain`: which pods of a node are evicted, which stay, and what stands in the way (kubectl's rules and words). */

import type { Pod, PodDisruptionBudget } from '../../../../kube/types.ts';
import { labelsMatch } from '../related/selects.ts';
import { kubectlLine } from './kubectl-line.ts';
import type { Target } from './plan.ts';

export interface DrainOptions {
  /** Leave the pods of DaemonSets where they are: they come again whatever is done. */
  ignoreDaemonSets: boolean;
  /** Pods with emptyDir volumes lose them. */
  deleteEmptyDirData: boolean;
  /** Pods that no controller makes anew are lost. */
  force: boolean;
}

export interface DrainPlan {
  evicted: readonly Pod[];
  /** Each in kubectl's words, with the pods that it is about. */
  errors: readonly Objection[];
  warnings: readonly Objection[];
  /** Budgets that allow no disruption now: the eviction of these pods is tried again until they do. */
  budgets: readonly { budget: PodDisruptionBudget; pods: readonly string[] }[];
  kubectl: string;
}

export interface Objection {
  text: string;
  option?: keyof DrainOptions;
  /** `namespace/name` */
  pods: readonly string[];
}

const MIRROR = 'kubernetes.io/config.mirror';

interface Verdict {
  evict: boolean;
  error?: Pick<Objection, 'text' | 'option'>;
  warning?: Pick<Objection, 'text' | 'option'>;
}

/** `daemonSets`: `namespace/name` of those that there are; the pod of one that is gone has no controller any more. */
export function drain(
  node: Target,
  pods: Iterable<Pod>,
  daemonSets: ReadonlySet<string>,
  budgets: Iterable<PodDisruptionBudget>,
  options: DrainOptions,
): DrainPlan {
  const evicted: Pod[] = [];
  const errors = new Map<string, Objection & { pods: string[] }>();
  const warnings = new Map<string, Objection & { pods: string[] }>();
  for (const pod of pods) {
    if (pod.spec?.nodeName !== node.object.metadata.name) continue;
    const { evict, error, warning } = judge(pod, daemonSets, options);
    if (evict) evicted.push(pod);
    if (error) add(errors, error, pod);
    else if (warning) add(warnings, warning, pod);
  }
  return {
    evicted,
    errors: [...errors.values()],
    warnings: [...warnings.values()],
    budgets: tightBudgets(evicted, budgets),
    kubectl: kubectlLine([node], { verb: 'drain', bare: true, flags: flagsOf(options) }),
  };
}

function add(
  found: Map<string, Objection & { pods: string[] }>,
  objection: Pick<Objection, 'text' | 'option'>,
  pod: Pod,
): void {
  const one = found.get(objection.text) ?? { ...objection, pods: [] };
  one.pods.push(keyOf(pod));
  found.set(objection.text, one);
}

/** The filters one after another; a later one's warning takes an earlier one's place, as in kubectl. */
function judge(pod: Pod, daemonSets: ReadonlySet<string>, options: DrainOptions): Verdict {
  const { metadata, spec, status } = pod;
  const isFinished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  let warning: Verdict['warning'];
  if (!isFinished && controller?.kind === 'DaemonSet' && controller.apiVersion === 'apps/v1') {
    const isThere = daemonSets.has(`${metadata.namespace}/${controller.name}`);
    const gone = `daemonsets.apps "${controller.name}" not found`;
    if (!isThere && !options.force) return { evict: false, error: { text: gone, option: 'force' } };
    if (isThere) {
      if (options.ignoreDaemonSets) return { evict: false, warning: { text: 'ignoring DaemonSet-managed Pods' } };
      const text = 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)';
      return { evict: false, error: { text, option: 'ignoreDaemonSets' } };
    }
    warning = { text: gone };
  }
  if (metadata.annotations?.[MIRROR] !== undefined) return { evict: false };
  if (!isFinished && spec?.volumes?.some((volume) => volume.emptyDir)) {
    if (!options.deleteEmptyDirData) {
      const text = 'cannot delete Pods with local storage (use --delete-emptydir-data to override)';
      return { evict: false, error: { text, option: 'deleteEmptyDirData' } };
    }
    warning = { text: 'deleting Pods with local storage' };
  }
  if (!isFinished && !controller) {
    if (!options.force) {
      const text = 'cannot delete Pods that declare no controller (use --force to override)';
      return { evict: false, error: { text, option: 'force' } };
    }
    warning = { text: 'deleting Pods that declare no controller' };
  }
  return { evict: true, warning };
}

function tightBudgets(pods: readonly Pod[], budgets: Iterable<PodDisruptionBudget>): DrainPlan['budgets'] {
  return [...budgets]
    .filter(({ status }) => (status?.disruptionsAllowed ?? 0) < 1)
    .map((budget) => ({
      budget,
      pods: pods
        .filter(
          ({ metadata }) =>
            metadata.namespace === budget.metadata.namespace && labelsMatch(budget.spec?.selector, metadata.labels),
        )
        .map(keyOf),
    }))
    .filter((tight) => tight.pods.length > 0);
}

function flagsOf({ ignoreDaemonSets, deleteEmptyDirData, force }: DrainOptions): string[] {
  return [
    ...(ignoreDaemonSets ? ['--ignore-daemonsets'] : []),
    ...(deleteEmptyDirData ? ['--delete-emptydir-data'] : []),
    ...(force ? ['--force'] : []),
  ];
}

export function keyOf({ metadata }: Pick<Pod, 'metadata'>): string {
  return `${metadata.namespace}/${metadata.name}`;
}
