/**
 * A lesson, as `scripts/build/lessons.ts` makes it of a folder in `lessons/` and the page loads it
 * (`/lessons/NAME.json`). Markdown has become pieces, so that the page needs neither a parser nor HTML.
 */

export type Language = 'en' | 'zh';

export interface Lesson {
  /** The folder's name. */
  name: string;
  /** About how long it takes. */
  minutes: number;
  /** Simulated nodes of its cluster. */
  nodes: number;
  title: Readonly<Record<Language, string>>;
  /** Before the first step. */
  intro: Readonly<Record<Language, readonly Block[]>>;
  steps: readonly Step[];
  /** Objects that are there when it begins, in the order in which they are made, with the paths that they are sent to. */
  start: readonly { path: string; object: object }[];
}

/** A line of the index, `/lessons/index.json`. */
export type LessonSummary = Pick<Lesson, 'name' | 'minutes' | 'title'> & {
  steps: number;
  about: Readonly<Record<Language, string>>;
};

export interface Step {
  title: Readonly<Record<Language, string>>;
  text: Readonly<Record<Language, readonly Block[]>>;
  /** All of them hold when the step is done. None for a step that is only read. */
  done: readonly Check[];
  /** kubectl lines that do it; with `stdin`, that follows `-f -`. */
  solution: readonly SolutionLine[];
}

export interface SolutionLine {
  line: string;
  stdin?: string;
}

/**
 * A condition on the cluster's state. `is`: a CEL expression, over `object` where a name is given (null where there is
 * none of it) and over the list `objects` else.
 */
export interface Check {
  /** Version and plural, with the group before where there is one: `v1/pods`, `apps/v1/deployments`. */
  get: string;
  namespace?: string;
  name?: string;
  /** A label selector. */
  labels?: string;
  is: string;
}

export type Block =
  | { type: 'paragraph'; content: readonly Inline[] }
  | { type: 'heading'; content: readonly Inline[] }
  | { type: 'code'; text: string; language: string }
  | { type: 'list'; ordered: boolean; items: readonly (readonly Block[])[] }
  | { type: 'quote'; blocks: readonly Block[] };

export type Inline =
  | { type: 'text'; text: string }
  | { type: 'code'; text: string }
  | { type: 'strong' | 'emphasis'; content: readonly Inline[] }
  | { type: 'link'; href: string; content: readonly Inline[] };
