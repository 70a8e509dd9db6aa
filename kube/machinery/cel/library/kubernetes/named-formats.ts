/** Named formats (apiserver `pkg/cel/library/format.go`). */

import { parseRequestURI } from '../../../go-url.ts';
import {
  isDNS1035Label,
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidLabelValue,
} from '../../../names.ts';
import { hasFormat } from '../../../structural/validate/formats.ts';
import { structType, type Type } from '../../check/type.ts';
import { type CelError, Foreign, NativeList, Optional, type Value } from '../../values/value.ts';
import { type Library, overload } from '../define.ts';

export class NamedFormat extends Foreign {
  readonly type: Type = structType('kubernetes.NamedFormat');
  readonly name: string;
  /** How long upstream takes its regular expression to be, for the cost. */
  readonly regexSize: number;
  readonly check: (text: string) => string[];
  constructor(name: string, regexSize: number, check: (text: string) => string[]) {
    super();
    this.name = name;
    this.regexSize = regexSize;
    this.check = check;
  }
  equals(other: Value): boolean | CelError {
    return other instanceof NamedFormat && other.name === this.name;
  }
  toString(): string {
    return this.name;
  }
}

/** The text of a name of which generateName keeps only the beginning. */
const masked = (check: (text: string) => string[]) => (text: string) =>
  check(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);

/** Of a format that schemas have, too. */
const like = (format: string, message: string) => (text: string) => (hasFormat(format, text) ? [] : [message]);

const FORMATS: ReadonlyMap<string, NamedFormat> = new Map(
  (
    [
      ['dns1123Label', 'DNS1123Label', 30, isDNS1123Label],
      ['dns1123Subdomain', 'DNS1123Subdomain', 60, isDNS1123Subdomain],
      ['dns1035Label', 'DNS1035Label', 30, isDNS1035Label],
      ['qualifiedName', 'QualifiedName', 60, isQualifiedName],
      ['dns1123LabelPrefix', 'DNS1123LabelPrefix', 30, masked(isDNS1123Label)],
      ['dns1123SubdomainPrefix', 'DNS1123SubdomainPrefix', 60, masked(isDNS1123Subdomain)],
      ['dns1035LabelPrefix', 'DNS1035LabelPrefix', 30, masked(isDNS1035Label)],
      ['labelValue', 'LabelValue', 40, isValidLabelValue],
      [
        'uri',
        'URI',
        1103,
        (text: string) => {
          const parts = parseRequestURI(text);
          return typeof parts === 'string' ? [parts] : [];
        },
      ],
      ['uuid', 'uuid', 70, like('uuid', 'does not match the UUID format')],
      ['byte', 'byte', 84, like('byte', 'invalid base64')],
      ['date', 'date', 71, like('date', 'invalid date')],
      ['datetime', 'datetime', 71, like('datetime', 'invalid datetime')],
    ] as const
  ).map(([id, name, size, check]) => [id, new NamedFormat(name, size, check)]),
);

export const NAMED_FORMATS: Library = {
  ...Object.fromEntries(
    [...FORMATS].map(([id, format]) => [
      `format.${id}`,
      [overload(`format.${id}`, '-> kubernetes.NamedFormat', () => format)],
    ]),
  ),
  'format.named': [
    overload('format-named', 'string -> optional(kubernetes.NamedFormat)', (name: string) => {
      const format = FORMATS.get(name);
      return format ? new Optional(format) : Optional.none;
    }),
  ],
  validate: [
    overload(
      'format-validate',
      '.kubernetes.NamedFormat, string -> optional(list(string))',
      (format: NamedFormat, text: string) => {
        const problems = format.check(text);
        return problems.length === 0 ? Optional.none : new Optional(new NativeList(problems));
      },
    ),
  ],
};
