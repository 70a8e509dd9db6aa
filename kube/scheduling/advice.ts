/** What helps where a filter of the scheduler's fails. */
import { fill } from '../machinery/fill.ts';
import { ADVICE_WORDS, DETAIL_WORDS } from './advice-words.ts';

/** A taint as kubectl writes it, or amounts. */
export type Detail =
  | string
  | { code: 'asks'; asked: string; free: string; all: string }
  | { code: 'pods'; used: number; all: number };

/** In English: `asks for 40, 31.9 of 32 are free` */
export function detailText(detail: Detail): string {
  return typeof detail === 'string' ? detail : fill(DETAIL_WORDS[detail.code], detail);
}

/** A plugin's no, to one node or to the pod as a whole. */
export interface Refusal {
  filter?: string;
  reasons?: readonly string[];
  /** More about each reason. */
  details?: readonly Detail[];
  /** Removing other pods could not help. */
  unresolvable?: boolean;
}

interface Advice {
  /** Only for reasons with these words; left out: for all that no earlier one is for. */
  when?: RegExp;
  /** Only for details with these words. */
  about?: RegExp;
  /** Only where removing other pods could not help. */
  unresolvable?: true;
  code: keyof typeof ADVICE_WORDS;
}

/** Whichever plugin looks at the pod's claims first says it. */
const CLAIM_MISSING: Advice = {
  when: /^persistentvolumeclaim .* not found/,
  code: 'claimMissing',
};

/** By plugin: steps that let a pod pass its filter. The first that fits a reason counts. */
const FILTER_ADVICE: Readonly<Record<string, readonly Advice[]>> = {
  NodeResourcesFit: [
    {
      when: /^Too many pods/,
      code: 'tooManyPods',
    },
    {
      when: /^Insufficient .*\//,
      unresolvable: true,
      code: 'notOffered',
    },
    {
      unresolvable: true,
      code: 'tooLarge',
    },
    {
      code: 'noneFree',
    },
  ],
  TaintToleration: [
    {
      about: /^node\.kubernetes\.io\/(not-ready|unreachable)/,
      code: 'notReady',
    },
    {
      about: /^node\.kubernetes\.io\/[a-z]+-(pressure|unavailable)/,
      code: 'pressure',
    },
    {
      about: /^node\.kubernetes\.io\/unschedulable/,
      code: 'cordoned',
    },
    {
      about: /^islet\.dev\/simulated/,
      code: 'simulated',
    },
    {
      code: 'taints',
    },
  ],
  NodeUnschedulable: [{ code: 'cordoned' }],
  NodeAffinity: [
    {
      when: /^node\(s\) didn't satisfy plugin/,
      code: 'affinityByName',
    },
    {
      code: 'affinityLabels',
    },
  ],
  NodeName: [{ code: 'nodeName' }],
  NodePorts: [
    {
      code: 'hostPort',
    },
  ],
  PodTopologySpread: [
    {
      when: /missing required label/,
      code: 'spreadLabel',
    },
    {
      code: 'spread',
    },
  ],
  InterPodAffinity: [
    {
      when: /didn't match pod affinity rules/,
      code: 'affinityNone',
    },
    {
      when: /existing pods anti-affinity/,
      code: 'antiAffinityOfOthers',
    },
    {
      code: 'antiAffinity',
    },
  ],
  VolumeBinding: [
    CLAIM_MISSING,
    {
      when: /is being deleted|lost|bound to non-existent/,
      code: 'claimLost',
    },
    {
      when: /unbound immediate/,
      code: 'claimUnbound',
    },
    {
      when: /PersistentVolume's node affinity/,
      code: 'volumeElsewhere',
    },
    {
      code: 'volumeUnusable',
    },
  ],
  VolumeZone: [CLAIM_MISSING, { code: 'volumeZone' }],
  VolumeRestrictions: [CLAIM_MISSING, { code: 'volumeExclusive' }],
  NodeVolumeLimits: [CLAIM_MISSING, { code: 'volumeLimits' }],
  NodeDeclaredFeatures: [{ code: 'features' }],
  DynamicResources: [
    {
      when: /not found|could not find|must specify|does not exist|being deleted|not created/,
      code: 'devicesMissing',
    },
    {
      code: 'devices',
    },
  ],
  Extender: [
    {
      code: 'extender',
    },
  ],
};

/** Names of nodes before a step; a large cluster has many, and not each of them is told of. */
const MAX_NAMES = 3;

/** A step that helps, and the nodes that it is about. */
export interface Step {
  code: keyof typeof ADVICE_WORDS;
  nodes: readonly string[];
}

/** The steps that help, each once. */
export function stepsFor(refusals: Iterable<Refusal & { node?: string }>): Step[] {
  const steps = new Map<Step['code'], Set<string>>();
  for (const { node, filter = '', reasons = [], details = [], unresolvable = false } of refusals) {
    for (const [at, reason] of reasons.entries()) {
      const fits = FILTER_ADVICE[filter]?.find(
        (advice) =>
          (advice.when?.test(reason) ?? true) &&
          (advice.about?.test(detailText(details[at] ?? '')) ?? true) &&
          (unresolvable || !advice.unresolvable),
      );
      if (!fits) continue;
      const nodes = steps.get(fits.code) ?? new Set();
      if (node) nodes.add(node);
      steps.set(fits.code, nodes);
    }
  }
  return [...steps].map(([code, nodes]) => ({ code, nodes: [...nodes] }));
}

/** In English; where there are several, behind the nodes that each is about. */
export function adviceFor(refusals: Iterable<Refusal & { node?: string }>): string[] {
  const steps = stepsFor(refusals);
  const isOne = steps.length < 2;
  return steps.map(({ code, nodes }) => {
    const text = ADVICE_WORDS[code];
    if (isOne || nodes.length === 0) return text;
    const { names, more } = shortNames(nodes);
    return `${names}${more ? ' and others' : ''}: ${text}`;
  });
}

/** The first names of nodes, and whether there are more. */
export function shortNames(nodes: readonly string[]): { names: string; more: boolean } {
  const more = nodes.length - MAX_NAMES > 1;
  return { names: (more ? nodes.slice(0, MAX_NAMES) : nodes).join(', '), more };
}
