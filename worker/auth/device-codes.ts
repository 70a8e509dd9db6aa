/**
 * The codes of the device flow. A person types the user code: eight consonants, no two of which look alike, so that no
 * word comes of them (RFC 8628, section 6.1). The device code is the program's: the object's name and a secret.
 */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;
const DEVICE_CODE = /^([\w-]{43})\.([\w-]{43})$/;

/** 20⁸ of them: guesses are limited besides. */
export function newUserCode(random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))): string {
  let code = '';
  while (code.length < LENGTH) {
    for (const byte of random(16)) {
      // Bytes beyond the last whole round would favour the first letters.
      if (code.length < LENGTH && byte < 256 - (256 % LETTERS.length)) code += LETTERS[byte % LETTERS.length];
    }
  }
  return shownCode(code);
}

/** As a person may type it: with or without the dash, in small letters. undefined for what is no code. */
export function readUserCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, '');
  const isCode = code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter));
  return isCode ? shownCode(code) : undefined;
}

function shownCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
}

/** The name of the object of a user code. */
export const nameOf = (userCode: string): Promise<string> => digest(`device:${userCode}`);

export const digestOf = digest;

export function newSecret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

export function deviceCodeOf(name: string, secret: string): string {
  return `${name}.${secret}`;
}

export function readDeviceCode(text: string): { name: string; secret: string } | undefined {
  const [, name, secret] = DEVICE_CODE.exec(text) ?? [];
  return name !== undefined && secret !== undefined ? { name, secret } : undefined;
}

async function digest(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
