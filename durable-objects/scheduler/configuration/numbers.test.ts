import { expect, test } from 'vitest';
import { ConfigurationError } from './decode.ts';
import { parseSettings } from './settings.ts';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const TEN_YEARS = 10 * 365 * 24 * 3_600_000;
const HUGE = '9000000000000000000';

test('an int64 that no number holds exactly is taken, and times end where a timer can be set to them', () => {
  const backOff = `podInitialBackoffSeconds: ${HUGE}\npodMaxBackoffSeconds: ${HUGE}\n`;
  expect(parseSettings(HEAD + backOff).backOff).toEqual({ initial: TEN_YEARS, max: TEN_YEARS });
  const extender = `extenders: [{urlPrefix: "http://e", prioritizeVerb: scores, weight: ${HUGE}}]\n`;
  expect(parseSettings(HEAD + extender).extenders).toMatchObject([{ weight: 9e18 }]);
  const volumes = `profiles: [{pluginConfig: [{name: VolumeBinding, args: {bindTimeoutSeconds: ${HUGE}}}]}]\n`;
  expect(() => parseSettings(HEAD + volumes)).not.toThrow();
});

test.each([
  ['0s', 5000],
  ['1us', 1],
  ['1500ms', 1500],
  ['-5s', 600_000],
  ['1000000h', 600_000],
])('an extender with a timeout of %s has %d ms', (text, timeoutMs) => {
  const { extenders } = parseSettings(`${HEAD}extenders: [{urlPrefix: "http://e", httpTimeout: ${text}}]`);
  expect(extenders).toMatchObject([{ timeoutMs }]);
});

test.each([
  ['extenders: [{urlPrefix: "http://e", httpTimeout: "5"}]', 'time: missing unit in duration "5"'],
  [
    'profiles: [{pluginConfig: [{name: DynamicResources, args: {filterTimeout: 5x}}]}]',
    'decoding .profiles[0].pluginConfig[0]: decoding args for plugin DynamicResources: time: unknown unit "x" in duration "5x"',
  ],
])('%s is no duration', (text, message) => {
  expect(() => parseSettings(HEAD + text)).toThrow(new ConfigurationError(message));
});
