/** Base64 as the API writes bytes. */

/** The number of bytes that a base64 text stands for. */
export function base64Size(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor((text.length * 3) / 4) - padding;
}

/** The base64 text of a text's UTF-8 bytes. */
export function toBase64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/** The text whose UTF-8 bytes a base64 text stands for. Throws when it isn't base64. */
export function fromBase64(text: string): string {
  return new TextDecoder().decode(fromBase64Bytes(text));
}

/** Throws when the text isn't base64. */
export function fromBase64Bytes(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < characters.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
