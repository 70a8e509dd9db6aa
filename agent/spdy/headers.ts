/**
 * SPDY/3 header blocks: name and value pairs, all blocks of a connection in one deflate stream with a known dictionary.
 */
import { createInflate, type Inflate } from 'node:zlib';

/** Section 2.6.10.1 of the draft. Each word stands behind its length. */
const WORDS =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow ' +
  'authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status|200 OK|version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin';
const TAIL =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative ' +
  'Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal ' +
  'Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, ' +
  'Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,' +
  'application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8' +
  'charset=iso-8859-1,utf-,*,enq=0.';

/** `200 OK` is one word. */
const words = WORDS.split('|').flatMap((part) => (part === '200 OK' ? [part] : part.split(' ')));

export const DICTIONARY = Buffer.concat([
  ...words.flatMap((word) => [uint32(word.length), Buffer.from(word)]),
  Buffer.from(TAIL),
]);

/** More than a client of port-forward ever sends. */
const MAX_SIZE = 64 * 1024;

export class HeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary: DICTIONARY });
  #out: Buffer[] = [];
  #size = 0;

  constructor() {
    this.#inflate.on('data', (part: Buffer) => {
      this.#size += part.length;
      if (this.#size > MAX_SIZE) this.#inflate.destroy(new Error('SPDY headers too large'));
      else this.#out.push(part);
    });
    this.#inflate.on('error', () => {});
  }

  /** One block at a time, in their order. */
  async read(block: Buffer): Promise<Map<string, string>> {
    this.#out = [];
    this.#size = 0;
    await new Promise<void>((resolve, reject) => {
      this.#inflate.once('error', reject);
      this.#inflate.write(block, () => {
        this.#inflate.off('error', reject);
        resolve();
      });
    });
    return pairsOf(Buffer.concat(this.#out));
  }

  close(): void {
    this.#inflate.destroy();
  }
}

function pairsOf(block: Buffer): Map<string, string> {
  const pairs = new Map<string, string>();
  let at = 4;
  const text = () => {
    const start = at + 4;
    at = start + block.readUInt32BE(at);
    return block.toString('utf8', start, at);
  };
  for (let left = block.readUInt32BE(0); left > 0; left--) pairs.set(text().toLowerCase(), text());
  return pairs;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
