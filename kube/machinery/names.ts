/**
 * The rules for names, labels and other small texts (apimachinery `pkg/util/validation/validation.go`).
 * Each check returns upstream's messages; an empty list means valid.
 */

/** The letters of generated names: no vowels, hence no words, and none that looks like another (`util/rand`). */
export const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

const DNS1123_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS1123_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const DNS1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
/** A qualified name of few characters, as most are: neither of its parts is too long. */
const SHORT_QUALIFIED = new RegExp(`^(?:${DNS1123_SUBDOMAIN.source.slice(1, -1)}/)?${QUALIFIED_NAME.source.slice(1)}`);
const PORT_NAME = /^[-a-z0-9]+$/;
const C_IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const RELAXED_ENV_NAME = /^[ -<>-~]+$/;
const CONFIG_MAP_KEY = /^[-._a-zA-Z0-9]+$/;

const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const UNDERSCORE_SUBDOMAIN = /^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$/;
const UNDERSCORE_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const QUALIFIED_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** The words of declared rules and of those about labels, where others say characters. All of them count bytes. */
const maxBytesText = (max: number): string => `must be no more than ${max} bytes`;

export const maxLengthText = (max: number): string => `must be no more than ${max} characters`;

const utf8 = new TextEncoder();
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** Whether the text has more bytes of UTF-8 than `max`. */
function isLonger(text: string, max: number): boolean {
  if (text.length > max) return true;
  return text.length * 3 > max && !ASCII.test(text) && utf8.encode(text).length > max;
}

function regexText(message: string, regex: RegExp, ...examples: string[]): string {
  const given = examples.map((example) => `'${example}'`).join(',  or ');
  const used = `regex used for validation is '${regex.source.slice(1, -1)}'`;
  return examples.length === 0 ? `${message} (${used})` : `${message} (e.g. ${given}, ${used})`;
}

export function isDNS1123Label(value: string): string[] {
  const errors: string[] = [];
  if (isLonger(value, 63)) errors.push(maxLengthText(63));
  if (!DNS1123_LABEL.test(value)) {
    // Upstream says so when the value would be a good subdomain, to point at the dots.
    if (DNS1123_SUBDOMAIN.test(value)) errors.push('must not contain dots');
    else errors.push(regexText(LABEL_TEXT, DNS1123_LABEL, 'my-name', '123-abc'));
  }
  return errors;
}

export function isDNS1123Subdomain(value: string): string[] {
  const errors: string[] = [];
  if (isLonger(value, 253)) errors.push(maxLengthText(253));
  if (!DNS1123_SUBDOMAIN.test(value)) errors.push(regexText(SUBDOMAIN_TEXT, DNS1123_SUBDOMAIN, 'example.com'));
  return errors;
}

/** {@link isDNS1123Subdomain} in the words of declared rules (apimachinery `pkg/api/validate/content`). */
export function isLongName(value: string): string[] {
  const errors: string[] = [];
  if (isLonger(value, 253)) errors.push(maxBytesText(253));
  if (!DNS1123_SUBDOMAIN.test(value)) errors.push(regexText(SUBDOMAIN_TEXT, DNS1123_SUBDOMAIN, 'example.com'));
  return errors;
}

/** `_sip._tcp.example.com`: what resolvers search. */
export function isDNS1123SubdomainWithUnderscore(value: string): string[] {
  const errors: string[] = [];
  if (isLonger(value, 253)) errors.push(maxLengthText(253));
  if (!UNDERSCORE_SUBDOMAIN.test(value)) {
    errors.push(regexText(UNDERSCORE_TEXT, UNDERSCORE_SUBDOMAIN, 'example.com'));
  }
  return errors;
}

export function isDNS1035Label(value: string): string[] {
  const errors: string[] = [];
  if (isLonger(value, 63)) errors.push(maxLengthText(63));
  if (!DNS1035_LABEL.test(value)) errors.push(regexText(LABEL_1035_TEXT, DNS1035_LABEL, 'my-name', 'abc-123'));
  return errors;
}

/** RBAC-like names: anything that can be one path segment. */
export function isPathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
}

/** Label and annotation keys: `example.com/name` or `name`. */
export function isQualifiedName(value: string): string[] {
  if (value.length <= 63 && SHORT_QUALIFIED.test(value)) return [];
  const errors: string[] = [];
  const parts = value.split('/');
  let name = parts[0] ?? '';
  if (parts.length === 2) {
    const prefix = name;
    name = parts[1] ?? '';
    if (prefix === '') errors.push('prefix part must be non-empty');
    else for (const error of isLongName(prefix)) errors.push(`prefix part ${error}`);
  } else if (parts.length > 2) {
    return [
      `a valid label key ${regexText(QUALIFIED_TEXT, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === '') errors.push('name part must be non-empty');
  else if (isLonger(name, 63)) errors.push(`name part ${maxBytesText(63)}`);
  if (!QUALIFIED_NAME.test(name)) {
    errors.push(`name part ${regexText(QUALIFIED_TEXT, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc')}`);
  }
  return errors;
}

export function isValidLabelValue(value: string): string[] {
  const errors: string[] = [];
  if (isLonger(value, 63)) errors.push(maxBytesText(63));
  if (value !== '' && !QUALIFIED_NAME.test(value)) {
    const used = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
    errors.push(
      `${LABEL_VALUE_TEXT} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${used}')`,
    );
  }
  return errors;
}

/** Names of container and service ports (IANA_SVC_NAME). */
export function isValidPortName(value: string): string[] {
  const errors: string[] = [];
  if (isLonger(value, 15)) errors.push('must be no more than 15 characters');
  if (!PORT_NAME.test(value)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) errors.push('must not begin or end with a hyphen');
  return errors;
}

export function isValidPortNumber(port: number): string[] {
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** Names of environment variables, by the relaxed rule (printable ASCII without `=`). */
export function isEnvVarName(value: string): string[] {
  if (value.length === 0) return ['environment variable name must not be empty'];
  if (ENV_NAME.test(value) || RELAXED_ENV_NAME.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** `IsCIdentifier` */
export function isCIdentifier(value: string): string[] {
  if (C_IDENTIFIER.test(value)) return [];
  const text =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  return [regexText(text, C_IDENTIFIER, 'my_name', 'MY_NAME', 'MyName')];
}

/** Keys of ConfigMaps and Secrets. */
export function isConfigMapKey(value: string): string[] {
  const errors: string[] = [];
  if (isLonger(value, 253)) errors.push(maxLengthText(253));
  if (!CONFIG_MAP_KEY.test(value)) {
    errors.push(
      regexText(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        CONFIG_MAP_KEY,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    );
  }
  if (value === '.' || value === '..') errors.push(`must not be '${value}'`);
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}
