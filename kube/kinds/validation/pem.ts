/** PEM as Go's `encoding/pem` reads it. */
export interface PemBlock {
  /** Base64, without line breaks. */
  body: string;
  /** `CERTIFICATE` */
  type: string;
  /** The block has lines such as `Proc-Type: 4,ENCRYPTED`. */
  headers: boolean;
}

const BEGIN = /^-----BEGIN (.*)-----\s*$/;

/** The blocks of a text, in order. Text outside of blocks, and malformed blocks, are passed over. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const lines = text.split('\n');
  let begun: { type: string; at: number } | undefined;
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('-----')) continue;
    const type = BEGIN.exec(line)?.[1];
    if (type !== undefined) begun = { type, at };
    else {
      if (begun && line.trimEnd() === `-----END ${begun.type}-----`) {
        blocks.push(...read(begun.type, lines.slice(begun.at + 1, at)));
      }
      begun = undefined;
    }
  }
  return blocks;
}

function read(type: string, lines: readonly string[]): PemBlock[] {
  const first = lines.findIndex((line) => !line.includes(':'));
  const body = first < 0 ? '' : lines.slice(first).join('').replace(/\s+/g, '');
  const isBase64 = body.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(body);
  return isBase64 ? [{ type, headers: first !== 0, body }] : [];
}
