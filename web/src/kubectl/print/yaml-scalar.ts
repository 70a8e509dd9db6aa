/** How go-yaml writes a text: plain, quoted or as a block. */

export type Style = 'plain' | 'single' | 'double' | 'literal';

/** Read as something else than a text by YAML 1.1, as go-yaml reads it. */
const OTHER = new Set(
  ['', '~', 'null', 'Null', 'NULL', '<<', '.nan', '.NaN', '.NAN'].concat(
    ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'],
    ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'],
    ['', '+', '-'].flatMap((sign) => [`${sign}.inf`, `${sign}.Inf`, `${sign}.INF`]),
  ),
);
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
const INTEGER = /^[-+]?(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/;
const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/;
/** Not printed as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SPECIAL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

function isOther(text: string): boolean {
  const plain = text.replaceAll('_', '');
  if (OTHER.has(text) || BASE_60.test(text) || TIMESTAMP.test(text)) return true;
  return /^[-+.\d]/.test(text) && (FLOAT.test(plain) || INTEGER.test(plain));
}

export function styleOf(text: string): Style {
  const wanted = text.includes('\n') ? 'literal' : isOther(text) ? 'double' : 'plain';
  const mustQuoteDouble = SPECIAL.test(text) || / \n/.test(text);
  if (wanted === 'literal') return mustQuoteDouble || text.endsWith(' ') ? 'double' : 'literal';
  if (wanted === 'double') return 'double';
  const isPlain = !/^ | $/.test(text) && !hasIndicators(text);
  if (mustQuoteDouble) return 'double';
  return isPlain ? 'plain' : 'single';
}

/** Characters that mean something in a block. */
function hasIndicators(text: string): boolean {
  if (/^(---|\.\.\.)/.test(text) || /^[#,[\]{}&*!|>'"%@`]/.test(text)) return true;
  if (/^[?:-](\s|$)/.test(text)) return true;
  return /:(\s|$)/.test(text) || /\s#/.test(text);
}
