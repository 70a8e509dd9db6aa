/** Any other kind: its fields as they are. */
import { goText } from '../print/jsonpath/evaluate.ts';
import type { Describer } from './describer.ts';
import { heading } from './parts.ts';
import type { Sheet } from './sheet.ts';

const SKIPPED = ['managedFields', 'name', 'namespace', 'labels', 'annotations'].map((field) => `.metadata.${field}`);
const ACRONYMS = ['API', 'URL', 'UID', 'GUID'];

export const generic: Describer = {
  describe: (sheet, object) => {
    heading(sheet, object);
    fields(sheet, 0, object, '');
  },
};

function fields(sheet: Sheet, level: number, content: Record<string, unknown>, path: string): void {
  for (const field of Object.keys(content).sort()) {
    const value = content[field];
    const inner = `${path}.${field}`;
    if (SKIPPED.includes(inner)) continue;
    const label = labelFor(field);
    if (Array.isArray(value)) {
      sheet.line(level, `${label}:`);
      for (const item of value) {
        if (isMap(item)) fields(sheet, level + 1, item, inner);
        else sheet.line(level + 1, goText(item));
      }
    } else if (isMap(value)) {
      sheet.line(level, `${label}:`);
      fields(sheet, level + 1, value, inner);
    } else sheet.line(level, `${label}:\t${value === null ? '<nil>' : goText(value)}`);
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `creationTimestamp` is `Creation Timestamp`. */
function labelFor(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const parts = field.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}+|[^\p{L}]+/gu) ?? [field];
  const merged: string[] = [];
  for (let at = 0; at < parts.length; at++) {
    const [part, next] = [parts[at] as string, parts[at + 1]];
    if (/^\p{Lu}{2,}$/u.test(part) && next && /^\p{Lu}/u.test(next)) {
      merged.push(part + next);
      at++;
    } else merged.push(part);
  }
  return merged.map(wordOf).join(' ');
}

function wordOf(part: string): string {
  if (ACRONYMS.includes(part.toUpperCase())) return part.toUpperCase();
  return part.toLowerCase() === part ? part.charAt(0).toUpperCase() + part.slice(1) : part;
}
