import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readLessons } from './lessons.ts';

const folder = mkdtempSync(join(tmpdir(), 'islet-lessons-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const YAML = `minutes: 5
nodes: 1
about: { en: About, zh: 关于 }
steps:
  - done: [{ get: v1/pods, name: a, is: object.status.phase == "Running" }]
    solution: [kubectl run a --image=b]
`;
const TEXT = '# Title\n\nIntro.\n\n## Step\n\nRun **it**: `a < b`\n\n```sh\nls\n```\n';

const START = `apiVersion: v1
kind: Pod
metadata: { name: a, namespace: shop }
---
apiVersion: v1
kind: Node
metadata: { name: sim-9 }
`;

function write(files: Record<string, string>): void {
  mkdirSync(join(folder, 'one'), { recursive: true });
  for (const [name, text] of Object.entries({ 'lesson.yaml': YAML, 'en.md': TEXT, 'zh.md': TEXT, ...files })) {
    writeFileSync(join(folder, 'one', name), text);
  }
}

test('the lessons of the repository are right', () => {
  const lessons = readLessons(join(import.meta.dirname, '../../lessons'));
  expect(lessons.length).toBeGreaterThan(0);
  for (const { lesson } of lessons) {
    for (const step of lesson.steps)
      if (step.done.length > 0) expect(step.solution.length, lesson.name).toBeGreaterThan(0);
  }
});

test('a folder becomes a lesson, and its Markdown pieces', () => {
  write({ 'start.yaml': START });
  const [made] = readLessons(folder);
  expect(made?.lesson).toMatchObject({
    name: 'one',
    title: { en: 'Title' },
    intro: { en: [{ type: 'paragraph', content: [{ type: 'text', text: 'Intro.' }] }] },
    start: [{ path: '/api/v1/namespaces/shop/pods', object: { kind: 'Pod' } }, { path: '/api/v1/nodes' }],
  });
  expect(made?.lesson.steps[0]).toMatchObject({
    title: { zh: 'Step' },
    text: {
      en: [
        {
          content: [
            { type: 'text', text: 'Run ' },
            { type: 'strong', content: [{ text: 'it' }] },
            { type: 'text', text: ': ' },
            { type: 'code', text: 'a < b' },
          ],
        },
        { type: 'code', text: 'ls', language: 'sh' },
      ],
    },
    solution: [{ line: 'kubectl run a --image=b' }],
  });
});

test.each([
  [{ 'en.md': '# Title\n' }, 'lessons/one/en.md has 0 sections (“## …”), and lesson.yaml 1 steps'],
  [{ 'zh.md': 'no title' }, 'lessons/one/zh.md begins with no “# title”'],
  [{ 'en.md': `${TEXT}<b>x</b>` }, 'lessons/one/en.md has html, which lessons cannot show'],
  [{ 'en.md': `${TEXT}[x](javascript:alert(1))` }, 'only https:// is allowed'],
  [{ 'lesson.yaml': YAML.replace('== "Running"', '==') }, 'Syntax error'],
  [{ 'lesson.yaml': YAML.replace('get: v1/pods', 'got: v1/pods') }, 'step 1: a check needs get and is'],
  [{ 'start.yaml': 'kind: Pot\n' }, 'lessons/one/start.yaml has a Pot, which no cluster has from its start'],
  [{ 'lesson.yaml': YAML.replace('minutes: 5', 'minutes: soon') }, 'says no whole number of minutes'],
])('what is wrong is told: %j', (files, problem) => {
  write(files);
  expect(() => readLessons(folder)).toThrow(problem);
});
