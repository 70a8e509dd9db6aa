/** Field selectors: `a=b,c!=d` (apimachinery `pkg/fields/selector.go`). */
import { SelectorError } from './labels.ts';

export interface FieldRequirement {
  field: string;
  negated: boolean;
  value: string;
}

/** Values may escape `,`, `=` and `\` with a backslash. Throws {@link SelectorError}. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  const requirements: FieldRequirement[] = [];
  // Upstream names the first wrong term in their order.
  for (const term of splitTerms(text).sort()) {
    if (term === '') continue;
    const at = findOperator(term);
    if (!at) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    const field = term.slice(0, at.index);
    const value = unescapeValue(term.slice(at.index + at.operator.length));
    // A term of two empty sides selects everything (`Transform`).
    if (field !== '' || value !== '') requirements.push({ field, negated: at.operator === '!=', value });
  }
  return requirements;
}

export function matchesFields(
  requirements: readonly FieldRequirement[],
  fieldValue: (field: string) => string | undefined,
): boolean {
  return requirements.every(({ field, negated, value }) => ((fieldValue(field) ?? '') === value) !== negated);
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function findOperator(term: string): { index: number; operator: string } | undefined {
  for (let index = 0; index < term.length; index++) {
    for (const operator of ['!=', '==', '=']) {
      if (term.startsWith(operator, index)) return { index, operator };
    }
  }
  return undefined;
}

function unescapeValue(value: string): string {
  let result = '';
  for (let i = 0; i < value.length; i++) {
    const char = value[i] ?? '';
    if (char === '\\') {
      const point = value.codePointAt(++i);
      const next = point === undefined ? '' : String.fromCodePoint(point);
      if (next !== ',' && next !== '=' && next !== '\\') {
        throw new SelectorError(`invalid field selector: invalid escape sequence: \\${next}`);
      }
      result += next;
    } else if (char === '=') {
      // Upstream prints the code of the character.
      throw new SelectorError('invalid field selector: unescaped character in value: 61');
    } else result += char;
  }
  return result;
}
