/** Bytes that are passed as the arguments of one call; engines limit the number of arguments. */
const PIECE = 0x2000;

/** A string with a character a byte (Latin-1), as `btoa` takes it. */
export function binaryString(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}
