/** Puts values in the place of `$NAME` and `$(…)`, when a stage is about to run. */
import type { Stage } from './parse.ts';
import type { Part } from './tokens.ts';

export interface Values {
  variable(name: string): string;
  /** The output of a line. */
  output(line: string): Promise<string>;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=/;

export async function expand(stage: Stage, values: Values): Promise<Stage> {
  if (!stage.parts) return stage;
  const words: string[] = [];
  for (const [index, word] of stage.words.entries()) {
    const parts = stage.parts[index];
    if (parts) words.push(...(await fieldsOf(parts, values, ASSIGNMENT.test(word))));
    else words.push(word);
  }
  return { words, first: stage.first };
}

/** Of a stage that sets variables and runs nothing: their names and values. */
export function assignmentsOf({ words }: Stage): [string, string][] | undefined {
  const pairs = words.map((word): [string, string] | undefined => {
    const name = ASSIGNMENT.exec(word)?.[1];
    return name === undefined ? undefined : [name, word.slice(name.length + 1)];
  });
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}

/** Text outside of quotes becomes as many words as it has, and none where it is empty. */
async function fieldsOf(parts: readonly Part[], values: Values, isWhole: boolean): Promise<string[]> {
  const fields: string[] = [];
  let current: string | undefined;
  for (const part of parts) {
    const value = await valueIn(part, values);
    if (isWhole || 'text' in part || part.isQuoted) {
      current = (current ?? '') + value;
      continue;
    }
    const [head = '', ...rest] = value.split(/\s+/);
    if (head !== '') current = (current ?? '') + head;
    for (const piece of rest) {
      if (current !== undefined) fields.push(current);
      current = piece === '' ? undefined : piece;
    }
  }
  return current === undefined ? fields : [...fields, current];
}

async function valueIn(part: Part, values: Values): Promise<string> {
  if ('text' in part) return part.text;
  if ('variable' in part) return values.variable(part.variable);
  return (await values.output(part.command)).replace(/\n+$/, '');
}
