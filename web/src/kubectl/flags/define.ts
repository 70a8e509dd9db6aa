/** Flags as pflag knows them: their kinds, and how each reads its text. */
import { parseDuration } from '../../../../kube/machinery/go-duration.ts';

export type FlagKind = 'bool' | 'string' | 'int' | 'duration' | 'slice' | 'array' | 'enum';

export interface Flag {
  name: string;
  kind: FlagKind;
  short?: string;
  usage: string;
  /** Its text when it is not given. */
  byDefault: string;
  /** Its text when it is given without a value, where that may be. */
  bare?: string;
  hidden?: true;
  required?: true;
  /** The words that complete it. */
  choices?: readonly string[];
}

type Rest = Partial<Pick<Flag, 'short' | 'byDefault' | 'bare' | 'hidden' | 'required' | 'choices'>>;

const define =
  (kind: FlagKind, byDefault: string, bare?: string) =>
  (name: string, usage: string, rest: Rest = {}): Flag => ({ name, kind, usage, byDefault, bare, ...rest });

export const bool = define('bool', 'false', 'true');
export const string = define('string', '');
export const int = define('int', '0');
export const duration = define('duration', '0s');
/** Each value is split at commas. */
export const slice = define('slice', '');
/** Each value is kept whole. */
export const array = define('array', '');

const BOOLS: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  T: true,
  TRUE: true,
  true: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  FALSE: false,
  false: false,
  False: false,
};

/** Why a text is no value of the flag, in Go's words. */
export function complaint(kind: FlagKind, text: string): string | undefined {
  const quoted = JSON.stringify(text);
  if (kind === 'bool') return text in BOOLS ? undefined : `strconv.ParseBool: parsing ${quoted}: invalid syntax`;
  if (kind === 'int')
    return /^[-+]?\d+$/.test(text) ? undefined : `strconv.ParseInt: parsing ${quoted}: invalid syntax`;
  if (kind === 'duration') {
    const parsed = parseDuration(text);
    return typeof parsed === 'string' ? `time: ${parsed}` : undefined;
  }
  return undefined;
}

export function boolOf(text: string): boolean {
  return BOOLS[text] ?? false;
}

/** As a line of CSV: commas within double quotes do not split. */
export function splitSlice(text: string): string[] {
  if (text === '') return [];
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isQuoted) {
      if (character !== '"') part += character;
      else if (text[i + 1] === '"') {
        part += '"';
        i++;
      } else isQuoted = false;
    } else if (character === '"' && part === '') isQuoted = true;
    else if (character === ',') {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}
