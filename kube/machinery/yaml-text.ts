/**
 * YAML as kube-apiserver prints it (`sigs.k8s.io/yaml`): keys in their order, lists not indented, and texts quoted that a
 * reader of version 1.1 takes for something else, such as `on`, `12:30` and times.
 */
import {
  type CreateNodeOptions,
  type DocumentOptions,
  type ScalarTag,
  type SchemaOptions,
  stringify,
  type ToStringOptions,
} from 'yaml';

const NUMBER = String.raw`[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|\d[\d_]*(?:(?::[0-5]?\d)+(?:\.[\d_]*)?|\.[\d_]*(?:[eE][-+]?\d+)?)?)`;
const TIME = String.raw`\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d.*)?`;

/** Plain texts that version 1.1 reads as no texts, while version 1.2 does. */
const ambiguous: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:ambiguous',
  test: new RegExp(`^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|<<|=|${NUMBER}|${TIME})$`),
  resolve: (text) => text,
};

type Options = CreateNodeOptions & DocumentOptions & SchemaOptions & ToStringOptions;
const OPTIONS: Options = { lineWidth: 0, sortMapEntries: true, indentSeq: false, customTags: [ambiguous] };
const QUOTED: Options = { ...OPTIONS, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' };

/** Breaks of lines and characters that version 1.1 has only as escapes. */
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;
const EACH_UNPRINTABLE = new RegExp(UNPRINTABLE, 'g');

/** `value` is as JSON has it. */
export function yamlText(value: unknown): string {
  const text = stringify(value, OPTIONS);
  if (!UNPRINTABLE.test(text)) return text;
  return stringify(value, QUOTED).replace(EACH_UNPRINTABLE, escaped);
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
