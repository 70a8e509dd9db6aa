/**
 * Annotations that steer what is simulated: their forms, and what is said of those that cannot be followed, as a warning
 * when they are written and as an event when they are met.
 */

import { isQualifiedName } from '../../machinery/names.ts';
import { parseQuantity } from '../../machinery/quantity.ts';
import type { Pod } from '../../types.ts';

/** The annotation `islet.dev/simulated-NAME` steers by NAME. */
export const STEERING_PREFIX = 'islet.dev/simulated-';

type Check = [isGood: (text: string) => boolean, form: string];
type Annotations = Readonly<Record<string, string>>;

const isQuantity = (text: string) => (parseQuantity(text)?.nano ?? -1n) >= 0n;
/** An amount that the API keeps as it is. */
const isSize = (text: string) => isQuantity(text) && (parseQuantity(text)?.nano ?? 0n) <= 2n ** 53n * 1_000_000_000n;
/** Up to 30 years, so that every time that is counted from now is one. */
const isSeconds = (text: string) => /^\d{1,9}(\.\d{1,9})?$/.test(text);
const isFlag = (text: string) => text === 'true' || text === 'false';
const isFlips = (text: string) => {
  const parts = text.split(',');
  return parts.length === 2 && parts.every((part) => isSeconds(part) && Number(part) >= 1);
};

/** Resources of a node whose amounts may be fractions, down to thousandths. */
const DIVISIBLE: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** As the API takes them in a node's status. */
const isResource = ([name = '', amount = '', ...more]: readonly string[]) =>
  more.length === 0 &&
  (DIVISIBLE.has(name) || name === 'pods' || name.startsWith('hugepages-') || name.includes('/')) &&
  isQualifiedName(name).length === 0 &&
  isSize(amount) &&
  (parseQuantity(amount)?.nano ?? 1n) % (DIVISIBLE.has(name) ? 1_000_000n : 1_000_000_000n) === 0n;
const isImage = ([name = '', size = '0', ...more]: readonly string[]) =>
  more.length === 0 && /^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?(@[\w:]+)?$/.test(name) && isSize(size);
const areAll = (isGood: (parts: readonly string[]) => boolean) => (text: string) => pairsOf(text).every(isGood);

const SECONDS = 'a number of seconds, like "5"';
const FLAG = '"true" or "false"';

const OF_PODS = {
  cpu: [isQuantity, 'a quantity of 0 or more, like "250m"'],
  memory: [isQuantity, 'a quantity of 0 or more, like "64Mi"'],
  'exit-after': [isSeconds, SECONDS],
  'exit-code': [(text) => /^\d{1,3}$/.test(text) && Number(text) <= 255, 'a number from 0 to 255'],
  ready: [isFlag, FLAG],
  'ready-after': [isSeconds, SECONDS],
  'ready-flips': [isFlips, 'seconds for which it is ready and is not, each 1 or more, like "30,10"'],
  'start-after': [isSeconds, SECONDS],
  logs: [() => true, 'lines of text'],
  'log-interval': [(text) => isSeconds(text) && Number(text) >= 0.1, 'a number of seconds of 0.1 or more, like "1"'],
  'log-repeat': [isFlag, FLAG],
  'pull-error': [(text) => text.trim() !== '', 'the words of the error, like "manifest unknown"'],
} as const satisfies Record<string, Check>;

const RESOURCES = 'amounts of resources, like "cpu=4,memory=8Gi,example.com/gpu=2"';
const OF_NODES = {
  ready: [isFlag, FLAG],
  unreachable: [isFlag, FLAG],
  'memory-pressure': [isFlag, FLAG],
  'disk-pressure': [isFlag, FLAG],
  'pid-pressure': [isFlag, FLAG],
  capacity: [areAll(isResource), RESOURCES],
  allocatable: [areAll(isResource), RESOURCES],
  images: [areAll(isImage), 'images and their sizes, like "nginx:1.27=70Mi,redis:8"'],
} as const satisfies Record<string, Check>;

const WORDS = 'the words of the error, like "quota exceeded"';
const OF_SERVICES = {
  'load-balancer': [isFlag, FLAG],
  'load-balancer-error': [(text) => text.trim() !== '', WORDS],
} as const satisfies Record<string, Check>;
const OF_NAMESPACES = { 'load-balancer': OF_SERVICES['load-balancer'] } as const satisfies Record<string, Check>;

/** Usage is of the whole pod. */
const OF_ONE = /^((?!cpu\.|memory\.)[^.]*)(?:\.(.*))?$/;

export type PodSteer = keyof typeof OF_PODS;
export type NodeSteer = keyof typeof OF_NODES;
type ServiceSteer = keyof typeof OF_SERVICES;

/** `a=1,b` → [a, 1], [b] */
export function pairsOf(text: string): string[][] {
  return text.split(',').map((pair) => pair.trim().split('='));
}

export function nodeSteerOf(annotations: Annotations, name: NodeSteer): string | undefined {
  const text = annotations[STEERING_PREFIX + name];
  return text !== undefined && OF_NODES[name][0](text) ? text : undefined;
}

/** Of a Service, or a namespace. */
export function serviceSteerOf(annotations: Annotations | undefined, name: ServiceSteer): string | undefined {
  const text = annotations?.[STEERING_PREFIX + name];
  return text !== undefined && OF_SERVICES[name][0](text) ? text : undefined;
}

/** Warnings about the annotations of a Service or namespace. Of an update, only about those that it changes. */
export function serviceSteeringWarnings(
  kind: 'Service' | 'Namespace',
  annotations: Annotations | undefined,
  old?: Annotations,
): string[] {
  const found = problems(kind === 'Service' ? OF_SERVICES : OF_NAMESPACES, annotations, old);
  return found.map(([key, why]) => `metadata.annotations[${key}]: ${why}`);
}

/** Problems of a simulated node's annotations, as those of a pod. */
export function nodeSteeringProblems(annotations?: Annotations, old?: Annotations): [key: string, why: string][] {
  return problems(OF_NODES, annotations, old);
}

/**
 * What an annotation says of a pod's containers, or that of one of them (`islet.dev/simulated-exit-code.NAME`) of itself;
 * undefined where there is none, or it cannot be followed.
 */
export function steerOf(annotations: Annotations, name: PodSteer, container?: string): string | undefined {
  const own = container === undefined ? undefined : ownSteerOf(annotations, name, container);
  return own ?? followed(annotations[STEERING_PREFIX + name], name);
}

/** What the annotation of a container alone says. */
export function ownSteerOf(annotations: Annotations, name: PodSteer, container: string): string | undefined {
  return followed(annotations[`${STEERING_PREFIX}${name}.${container}`], name);
}

function followed(text: string | undefined, name: PodSteer): string | undefined {
  return text !== undefined && OF_PODS[name][0](text) ? text : undefined;
}

type Steered = { metadata?: { annotations?: Annotations }; spec?: Pod['spec'] };

/** Problems of a pod's annotations, each with its key. Of an update, only those that it changes are looked at. */
export function podSteeringProblems({ metadata, spec }: Steered, old?: Annotations): [key: string, why: string][] {
  const names = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name }) => name);
  return problems(OF_PODS, metadata?.annotations, old, names);
}

/** `at` is the path of the annotations. */
export function simulatedWarnings(pod: Steered, at: string, old?: Annotations): string[] {
  return podSteeringProblems(pod, old).map(([key, why]) => `${at}[${key}]: ${why}`);
}

/** `containers` may have annotations of their own. */
function problems(
  checks: Readonly<Record<string, Check>>,
  annotations: Annotations = {},
  old: Annotations = {},
  containers?: readonly string[],
) {
  return Object.entries(annotations).flatMap(([key, text]): [string, string][] => {
    if (!key.startsWith(STEERING_PREFIX) || text === old[key]) return [];
    const rest = key.slice(STEERING_PREFIX.length);
    const [name = '', container] = containers ? (OF_ONE.exec(rest)?.slice(1) ?? []) : [rest];
    if (container !== undefined && !containers?.includes(container)) {
      return [[key, `there is no container ${JSON.stringify(container)}`]];
    }
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) {
      const names = Object.keys(checks).map((each) => STEERING_PREFIX + each);
      return [[key, `unknown annotation; there are ${names.join(', ')}`]];
    }
    const [isGood, form] = check;
    return isGood(text) ? [] : [[key, `must be ${form}, not ${JSON.stringify(text)}`]];
  });
}
