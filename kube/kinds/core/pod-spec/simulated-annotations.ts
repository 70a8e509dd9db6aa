/** Warnings about annotations that steer simulated containers and say nothing that could be followed. */
import { parseQuantity } from '../../../machinery/quantity.ts';

const PREFIX = 'islet.dev/simulated-';

type Check = [isGood: (text: string) => boolean, form: string];

const isQuantity = (text: string) => (parseQuantity(text)?.nano ?? -1n) >= 0n;

const CHECKS: Readonly<Record<string, Check>> = {
  cpu: [isQuantity, 'a quantity of 0 or more, like "250m"'],
  memory: [isQuantity, 'a quantity of 0 or more, like "64Mi"'],
  'exit-after': [(text) => /^\d+(\.\d+)?$/.test(text), 'a number of seconds, like "5"'],
  'exit-code': [(text) => /^\d{1,3}$/.test(text) && Number(text) <= 255, 'a number from 0 to 255'],
  ready: [(text) => text === 'true' || text === 'false', '"true" or "false"'],
};
const NAMES = new Map(Object.entries(CHECKS));
const UNKNOWN = `unknown annotation; there are ${Array.from(NAMES.keys(), (name) => PREFIX + name).join(', ')}`;

type Annotations = Readonly<Record<string, string>>;

/** `at` is the path of the annotations; of an update, only those that it changes are looked at. */
export function simulatedWarnings(annotations: Annotations = {}, at: string, old: Annotations = {}): string[] {
  return Object.entries(annotations).flatMap(([key, text]) => {
    if (!key.startsWith(PREFIX) || text === old[key]) return [];
    const check = NAMES.get(key.slice(PREFIX.length));
    if (!check) return [`${at}[${key}]: ${UNKNOWN}`];
    const [isGood, form] = check;
    return isGood(text) ? [] : [`${at}[${key}]: must be ${form}, not ${JSON.stringify(text)}`];
  });
}
