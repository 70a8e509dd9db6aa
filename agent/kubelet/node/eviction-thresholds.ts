/** Hard eviction thresholds, written as for kubelet's `--eviction-hard` (`pkg/kubelet/eviction/helpers.go`). Pure. */
import { parseQuantity, unitCeil } from '../../../kube/machinery/quantity.ts';

/** Bytes of `capacity` bytes below which a node is under pressure; 0 where the signal has no threshold. */
export type Threshold = (capacity: number) => number;

export interface EvictionThresholds {
  memory: Threshold;
  disk: Threshold;
}

/** kubelet's default thresholds, of the signals that the agent measures. */
export const DEFAULT_EVICTION_HARD = 'memory.available<100Mi,nodefs.available<10%';

const SIGNALS: Readonly<Record<string, keyof EvictionThresholds>> = {
  'memory.available': 'memory',
  'nodefs.available': 'disk',
};
const NEVER: Threshold = () => 0;

/**
 * Reads `memory.available<100Mi,nodefs.available<10%`. A signal that is not named has no threshold, and neither has one
 * of `0%` or `100%`, as for kubelet. Throws an Error with one line for any other text.
 */
export function parseEvictionHard(text: string): EvictionThresholds {
  const thresholds: EvictionThresholds = { memory: NEVER, disk: NEVER };
  for (const statement of text.split(',').filter((part) => part.trim() !== '')) {
    const [signal = '', value, ...more] = statement.split('<').map((part) => part.trim());
    if (value === undefined || more.length > 0) {
      throw new Error(`expected a signal, "<" and a value such as memory.available<100Mi, not "${statement.trim()}".`);
    }
    const resource = Object.hasOwn(SIGNALS, signal) ? SIGNALS[signal] : undefined;
    if (!resource) throw new Error(`expected ${Object.keys(SIGNALS).join(' or ')}, not the signal "${signal}".`);
    thresholds[resource] = parseThreshold(signal, value);
  }
  return thresholds;
}

function parseThreshold(signal: string, value: string): Threshold {
  if (value.endsWith('%')) {
    const percent = /^\d+(\.\d+)?%$/.test(value) ? Number(value.slice(0, -1)) : Number.NaN;
    if (!(percent <= 100)) throw new Error(`expected 0% to 100% for ${signal}, not "${value}".`);
    return percent === 0 || percent === 100 ? NEVER : (capacity) => (capacity * percent) / 100;
  }
  const quantity = parseQuantity(value);
  if (!quantity || quantity.nano <= 0n) {
    throw new Error(`expected a positive quantity such as 100Mi, or a percentage, for ${signal}, not "${value}".`);
  }
  const bytes = Number(unitCeil(quantity));
  return () => bytes;
}
