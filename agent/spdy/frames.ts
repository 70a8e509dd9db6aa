/**
 * The frames of SPDY/3.1 that Kubernetes' streaming uses (draft-mbelshe-httpbis-spdy-00, section 2). Its peers use no
 * flow control windows: back pressure is the connection's. Header blocks are sent as stored deflate blocks; those of
 * replies are not read, since nothing in them matters here.
 */
const CONTROL = 0x8000;
const VERSION = 3;
const TYPE = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 };
const FLAG_FIN = 1;

export type SpdyFrame =
  | { type: 'data'; stream: number; data: Buffer; fin: boolean }
  /** A stream that the peer opens, with a block for {@link HeaderReader}. */
  | { type: 'open'; stream: number; headers: Buffer; fin: boolean }
  | { type: 'reset'; stream: number }
  | { type: 'ping'; id: number }
  | { type: 'go-away' }
  | { type: 'other' };

/** Cuts a byte stream into frames. Frames may be as large as the peer likes; containerd's are at most 32 KiB. */
export class SpdyDecoder {
  #chunks: Buffer[] = [];
  #size = 0;
  readonly #limit: number;

  constructor(limit = 16 * 1024 * 1024) {
    this.#limit = limit;
  }

  /** Throws when this is not SPDY. */
  push(chunk: Buffer): SpdyFrame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const frames: SpdyFrame[] = [];
    for (;;) {
      if (this.#size < 8) return frames;
      const head = this.#peek();
      const length = head.readUIntBE(5, 3);
      if (length > this.#limit) throw new Error(`SPDY frame of ${length} bytes`);
      if (this.#size < 8 + length) return frames;
      frames.push(decode(this.#take(8 + length)));
    }
  }

  #peek(): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < 8) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Buffer;
  }

  #take(length: number): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < length) this.#chunks = [Buffer.concat(this.#chunks)];
    const first = this.#chunks[0] as Buffer;
    if (first.length === length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
    this.#size -= length;
    return first.subarray(0, length);
  }
}

function decode(frame: Buffer): SpdyFrame {
  const flags = frame[4] as number;
  const body = frame.subarray(8);
  if (((frame[0] as number) & 0x80) === 0) {
    const stream = frame.readUInt32BE(0) & 0x7fffffff;
    return { type: 'data', stream, data: body, fin: (flags & FLAG_FIN) !== 0 };
  }
  if ((frame.readUInt16BE(0) & 0x7fff) !== VERSION) throw new Error('not SPDY version 3');
  const type = frame.readUInt16BE(2);
  if (type === TYPE.goAway) return { type: 'go-away' };
  if (body.length < 4) return { type: 'other' };
  const first = body.readUInt32BE(0) & 0x7fffffff;
  if (type === TYPE.synStream && body.length >= 10) {
    return { type: 'open', stream: first, headers: body.subarray(10), fin: (flags & FLAG_FIN) !== 0 };
  }
  if (type === TYPE.rstStream) return { type: 'reset', stream: first };
  if (type === TYPE.ping) return { type: 'ping', id: body.readUInt32BE(0) };
  // A reply or headers may carry the end of a stream that sent no data.
  if ((type === TYPE.synReply || type === TYPE.headers) && (flags & FLAG_FIN) !== 0) {
    return { type: 'data', stream: first, data: Buffer.alloc(0), fin: true };
  }
  return { type: 'other' };
}

/** The head of a data frame of `length` bytes. */
export function dataHead(stream: number, length: number, fin: boolean): Buffer {
  const head = Buffer.allocUnsafe(8);
  head.writeUInt32BE(stream, 0);
  head.writeUInt32BE(length, 4);
  head[4] = fin ? FLAG_FIN : 0;
  return head;
}

/** An empty stored block: Go's inflater hands out what it has only when it sees one. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff]);

/**
 * Opens streams and answers those that were opened: one a connection, since all header blocks are one deflate stream.
 */
export class HeaderWriter {
  #started = false;

  /** Header names must be lower case. */
  open(stream: number, headers: Readonly<Record<string, string>>): Buffer {
    const fixed = Buffer.alloc(10);
    fixed.writeUInt32BE(stream, 0);
    return controlFrame(TYPE.synStream, 0, Buffer.concat([fixed, this.#block(headers)]));
  }

  reply(stream: number): Buffer {
    const fixed = Buffer.alloc(4);
    fixed.writeUInt32BE(stream, 0);
    return controlFrame(TYPE.synReply, 0, Buffer.concat([fixed, this.#block({})]));
  }

  #block(headers: Readonly<Record<string, string>>): Buffer {
    const pairs = Object.entries(headers)
      .flat()
      .map((text) => Buffer.from(text));
    const block = Buffer.alloc(4 + pairs.reduce((size, text) => size + 4 + text.length, 0));
    let at = block.writeUInt32BE(pairs.length / 2, 0);
    for (const text of pairs) {
      at = block.writeUInt32BE(text.length, at);
      at += text.copy(block, at);
    }
    const stored = Buffer.alloc(5);
    stored.writeUInt16LE(block.length, 1);
    stored.writeUInt16LE(~block.length & 0xffff, 3);
    const zlib = this.#started ? [] : [Buffer.from([0x78, 0x01])];
    this.#started = true;
    return Buffer.concat([...zlib, stored, block, FLUSH]);
  }
}

const CANCEL = 5;

/** The stream is not wanted any more. */
export function resetFrame(stream: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt32BE(stream, 0);
  body.writeUInt32BE(CANCEL, 4);
  return controlFrame(TYPE.rstStream, 0, body);
}

export function pingFrame(id: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(id, 0);
  return controlFrame(TYPE.ping, 0, body);
}

function controlFrame(type: number, flags: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(CONTROL | VERSION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(body.length, 4);
  head[4] = flags;
  return Buffer.concat([head, body]);
}
