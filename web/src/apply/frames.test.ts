import { expect, test } from 'vitest';
import type { TraceStep } from '../../../wire/trace.ts';
import { framesOf, reached } from './frames.ts';
import { isOf } from './step-decision.tsx';
import { lineOf } from './what-words.ts';

let revision = 0;
const step = (over: Partial<TraceStep>): TraceStep => ({
  at: 0,
  offset: 0,
  who: over.actor ?? 'x',
  actor: 'controller',
  what: '',
  parts: [{ code: 'created' }],
  object: { resource: 'pods', apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web-1' },
  revision: ++revision,
  ...over,
});
const changed = { Priority: ['spec.priority'] };
const story = [
  step({ actor: 'person', request: { user: 'jane', verb: 'patch', id: 'a' } }),
  step({ actor: 'controller', changed }),
  step({ actor: 'scheduler', isEvent: true }),
  step({ actor: 'scheduler', parts: [{ code: 'bound', node: 'sim-0' }] }),
  step({ actor: 'node', parts: [{ code: 'fields', names: ['condition PodReadyToStartContainers (True)'] }] }),
  step({ actor: 'node', parts: [{ code: 'phase', from: 'Pending', to: 'Running' }, { code: 'ready' }] }),
];

test('a story is the way of its request, and then a frame for each step; events are none', () => {
  const frames = framesOf(story);
  expect(frames.map(({ stage }) => stage)).toEqual([
    'request',
    'authentication',
    'authorization',
    'admission',
    'revision',
    'controllers',
    'scheduler',
    'node',
    'containers',
  ]);
  expect(frames[5]?.passes).toEqual(['admission', 'revision']);
  expect(frames[6]?.passes).toEqual(['revision']);
});

test('places light up as they are reached, and stay so', () => {
  const frames = framesOf(story);
  expect([...reached(frames, 1)]).toEqual(['request', 'authentication']);
  expect(reached(frames, 4).has('scheduler')).toBe(false);
  expect(reached(frames, frames.length - 1).size).toBe(9);
});

test('many alike are one frame, also those of a person', () => {
  const many = Array.from({ length: 6 }, () => step({ actor: 'person', parts: [{ code: 'deleted' }] }));
  const frames = framesOf(many);
  expect(frames).toHaveLength(1);
  expect(frames[0]).toMatchObject({
    stage: 'request',
    passes: ['authentication', 'authorization', 'admission', 'revision'],
  });
  expect(lineOf(frames[0]!)).toBe('Request, 6 × pod deleted');
});

test('a program of the cluster that asks as a user passes the same places, in one frame', () => {
  expect(framesOf([step({ actor: 'client' })])).toMatchObject([{ stage: 'request' }]);
});

test('a line says the place, the object and what was done to it', () => {
  expect(framesOf(story).map(lineOf)).toEqual([
    'Request, pod/web-1 created',
    'Authentication, jane',
    'Authorisation, allowed',
    'Admission, nothing changed',
    `Revision, ${story[0]?.revision}`,
    'Controllers, pod/web-1 created',
    'Scheduler, pod/web-1 bound to sim-0',
    'Node, pod/web-1 changed condition PodReadyToStartContainers (True)',
    'Containers, pod/web-1 Pending → Running, ready',
  ]);
});

test('a decision is shown at the step that it led to, and at no other', () => {
  const decision = {
    at: 5_000,
    outcome: 'scheduled',
    nodes: 1,
    passed: 1,
    verdicts: [],
    weights: {},
    preferences: {},
  } as const;
  const bound = step({ parts: [{ code: 'bound', node: 'sim-0' }], at: 5_001 });
  expect(isOf(bound, { ...decision, node: 'sim-0' })).toBe(true);
  expect(isOf(bound, { ...decision, node: 'sim-1' })).toBe(false);
  const refused = step({ parts: [{ code: 'notSchedulable' }], at: 5_001 });
  expect(isOf(refused, { ...decision, outcome: 'unschedulable' })).toBe(true);
  expect(isOf(refused, { ...decision, node: 'sim-0' })).toBe(false);
});
