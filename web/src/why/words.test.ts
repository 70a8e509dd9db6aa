import { afterEach, expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { adviceOn, reasonText, type Why, whyHeadline } from '../../../wire/why.ts';
import { locale } from '../i18n/index.ts';
import {
  adviceWords,
  agoWords,
  headlineWords,
  preferenceWords,
  reasonWords,
  troubleClause,
  troubleStep,
} from './words.ts';
import { podsOf } from './workload-why.tsx';

const NOW = 100_000;
const at = { namespace: 'default', name: 'web-0' };
const unplaced: Why = {
  ...at,
  state: 'unplaced',
  decision: {
    at: NOW - 3000,
    outcome: 'unschedulable',
    message: '0/2 nodes are available',
    nodes: 2,
    passed: 0,
    weights: {},
    preferences: {},
    verdicts: [
      { node: 'a', filter: 'NodeResourcesFit', reasons: ['Insufficient cpu'] },
      { node: 'b', filter: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'] },
    ],
  },
};
const pulling = {
  code: 'waiting',
  reason: 'ImagePullBackOff',
  message: 'a: not found.',
  container: 'main',
} as const;

afterEach(() => {
  locale.value = 'en';
});

test('in English the page says what islet why says', () => {
  locale.value = 'en';
  expect(adviceWords(unplaced)).toEqual(adviceOn(unplaced));
  expect(headlineWords(unplaced, NOW)[0]).toBe('pod default/web-0 has no node (decided 3 s ago)');
  expect(headlineWords({ ...unplaced, decision: undefined }, NOW)).toEqual(
    whyHeadline({ ...unplaced, decision: undefined }, NOW),
  );
  expect(troubleClause(pulling)).toBe('Its container main does not run: ImagePullBackOff (a: not found)');
});

test('in Chinese, names and Kubernetes’ own words stay', () => {
  locale.value = 'zh';
  expect(headlineWords(unplaced, NOW)).toEqual(['Pod default/web-0 没有节点（3 秒前决定）', '0/2 nodes are available']);
  expect(adviceWords(unplaced)[0]).toMatch(/^a：Pod 要求的比这些节点的空闲资源多/);
  expect(troubleClause(pulling)).toBe('它的容器 main 没有运行：ImagePullBackOff（a: not found）');
  expect(troubleStep(pulling, at)).toMatch(/^镜像仓库没有这个镜像或标签/);
  expect(preferenceWords('images')).toBe('镜像已在节点上');
  expect(agoWords(3 * 3_600_000)).toBe('3 小时');
});

test('amounts are told in the language of the page, taints as they are', () => {
  const lack = { code: 'asks', asked: '40', free: '31.9', all: '32' } as const;
  const refusal = { reasons: ['Insufficient cpu', 'taint'], details: [lack, 'own=yes:NoSchedule'] };
  locale.value = 'en';
  expect(reasonWords(refusal)).toBe(reasonText(refusal));
  locale.value = 'zh';
  expect(reasonWords(refusal)).toBe('Insufficient cpu（要求 40，32 中空闲 31.9），taint（own=yes:NoSchedule）');
});

test('the next step names the pod and the container', () => {
  const crash = { code: 'again', reason: 'Error', message: '', container: 'main', count: 1, exitCode: 1 } as const;
  expect(troubleStep(crash, at)).toContain('kubectl logs web-0 -n default -c main --previous');
});

test('a preference that an earlier version has kept as a text is shown as it is', () => {
  expect(preferenceWords('fewer taints')).toBe('fewer taints');
});

test('a workload’s pods are those of its namespace that it selects', () => {
  const pod = (namespace: string, app: string) => ({ metadata: { namespace, labels: { app } } }) as unknown as Pod;
  const pods = [pod('a', 'web'), pod('b', 'web'), pod('a', 'db')];
  const workload = { metadata: { namespace: 'a' }, spec: { selector: { matchLabels: { app: 'web' } } } };
  expect(podsOf(workload as unknown as Parameters<typeof podsOf>[0], pods)).toEqual([pods[0]]);
  expect(podsOf({ ...workload, spec: {} } as unknown as Parameters<typeof podsOf>[0], pods)).toEqual([]);
});
