/**
 * Makes the lessons of their folders: `lessons/NAME/` has `lesson.yaml`, a text in each language (`en.md`, `zh.md`) and
 * perhaps `start.yaml`, the objects that are there when it begins. What is wrong is told with the file that it is in.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { kinds } from '../../kube/kinds/index.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { problemOf } from '../../web/src/lessons/check.ts';
import type { Check, Language, Lesson, LessonSummary, SolutionLine, Step } from '../../web/src/lessons/lesson.ts';
import { collectionPath } from '../../web/src/lessons/paths.ts';
import { type Section, sectionsOf } from './markdown.ts';

const LANGUAGES: readonly Language[] = ['en', 'zh'];

type Texts = Record<Language, ReturnType<typeof sectionsOf>>;

/** All lessons, in the order of their names: `01-rollouts` is before `02-services`. Throws for one that is wrong. */
export function readLessons(folder: string): { lesson: Lesson; about: Record<Language, string> }[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .map(({ name }) => name)
    .sort()
    .map((name) => readLesson(folder, name));
}

/** Writes `lessons/index.json` and a file for each lesson. */
export function writeLessons(from: string, outDir: string): void {
  const lessons = readLessons(from);
  const folder = join(outDir, 'lessons');
  mkdirSync(folder, { recursive: true });
  const index: LessonSummary[] = lessons.map(({ lesson: { name, minutes, title, steps }, about }) => {
    return { name, minutes, title, steps: steps.length, about };
  });
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  for (const { lesson } of lessons) writeFileSync(join(folder, `${lesson.name}.json`), JSON.stringify(lesson));
}

function readLesson(folder: string, name: string): { lesson: Lesson; about: Record<Language, string> } {
  const read = (file: string) => readFileSync(join(folder, name, file), 'utf8');
  const wrong = (file: string, problem: string): never => {
    throw new Error(`lessons/${name}/${file} ${problem}`);
  };
  const texts = Object.fromEntries(
    LANGUAGES.map((language) => {
      try {
        return [language, sectionsOf(read(`${language}.md`))];
      } catch (error) {
        return wrong(`${language}.md`, (error as Error).message);
      }
    }),
  ) as Texts;
  const about = (problem: string) => wrong('lesson.yaml', problem);
  const given = parse(read('lesson.yaml')) as Record<string, unknown>;
  const steps = list(given.steps, () => about('has no list of steps'));
  for (const language of LANGUAGES) {
    const { length } = texts[language].sections;
    if (length !== steps.length) {
      wrong(`${language}.md`, `has ${length} sections (“## …”), and lesson.yaml ${steps.length} steps`);
    }
  }
  const lesson: Lesson = {
    name,
    minutes: whole(given.minutes, () => about('says no whole number of minutes')),
    nodes: whole(given.nodes, () => about('says no whole number of nodes')),
    title: inEach(texts, ({ title }) => title),
    intro: inEach(texts, ({ intro }) => intro),
    steps: steps.map((step, index) => stepOf(step, index, texts, about)),
    start: existsSync(join(folder, name, 'start.yaml'))
      ? parseAllDocuments(read('start.yaml')).map((document) =>
          startOf(document.toJS() as KubeObject, (problem) => wrong('start.yaml', problem)),
        )
      : [],
  };
  const { about: told } = given;
  const isTold = isRecord(told) && LANGUAGES.every((language) => typeof told[language] === 'string');
  return { lesson, about: isTold ? (told as Record<Language, string>) : about('says in no language what it is about') };
}

/** The objects are of kinds that each cluster has. */
function startOf(object: KubeObject, wrong: (problem: string) => never): Lesson['start'][number] {
  const { apiVersion = '', kind = '', metadata } = object;
  const found = kinds.find((each) => each.kind === kind && each.apiVersion === apiVersion);
  if (!found) return wrong(`has a ${kind}, which no cluster has from its start`);
  const namespace = found.scope === 'Namespaced' ? (metadata?.namespace ?? 'default') : undefined;
  return { path: collectionPath(`${apiVersion}/${found.plural}`, namespace), object };
}

function stepOf(given: unknown, index: number, texts: Texts, wrong: (problem: string) => never): Step {
  const place = `step ${index + 1}`;
  if (!isRecord(given)) return wrong(`${place} is none`);
  const section = (of: { sections: Section[] }) => of.sections[index] as Section;
  return {
    title: inEach(texts, (text) => section(text).title),
    text: inEach(texts, (text) => section(text).blocks),
    done: list(given.done ?? [], () => wrong(`${place}: done is no list`)).map((check) => checkOf(check, place, wrong)),
    solution: list(given.solution ?? [], () => wrong(`${place}: solution is no list`)).map((line) =>
      solutionOf(line, place, wrong),
    ),
  };
}

function checkOf(given: unknown, place: string, wrong: (problem: string) => never): Check {
  if (!isRecord(given) || typeof given.get !== 'string' || typeof given.is !== 'string') {
    return wrong(`${place}: a check needs get and is`);
  }
  const { get, is, namespace, name, labels, ...unknown } = given;
  for (const key of Object.keys(unknown)) wrong(`${place}: a check has no ${key}`);
  for (const text of [namespace, name, labels])
    if (text !== undefined && typeof text !== 'string') wrong(`${place}: ${text} is no text`);
  const problem = problemOf(is);
  if (problem !== undefined) wrong(`${place}: ${is}\n${problem}`);
  return given as unknown as Check;
}

function solutionOf(given: unknown, place: string, wrong: (problem: string) => never): SolutionLine {
  if (typeof given === 'string') return { line: given };
  const isWhole = isRecord(given) && typeof given.line === 'string' && typeof given.stdin === 'string';
  return isWhole
    ? { line: given.line as string, stdin: given.stdin as string }
    : wrong(`${place}: a solution is a line, or line and stdin`);
}

function inEach<T>(texts: Texts, of: (text: Texts[Language]) => T): Record<Language, T> {
  return { en: of(texts.en), zh: of(texts.zh) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown, otherwise: () => never): unknown[] {
  return Array.isArray(value) ? value : otherwise();
}

function whole(value: unknown, otherwise: () => never): number {
  return Number.isInteger(value) ? (value as number) : otherwise();
}
