/** One connection to a port of a sandbox, on CRI's streaming server: port-forward over SPDY, with a pair of streams. */
import { Duplex, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SpdyConnection, type SpdyStream } from '../../spdy/connection.ts';
import { upgradeToSpdy } from './upgrade.ts';

export async function openPort(url: string, port: number, signal: AbortSignal): Promise<Duplex> {
  const connection = new SpdyConnection(await upgradeToSpdy(url, 'portforward.k8s.io', signal));
  const headers = (streamtype: string) => ({ streamtype, port: String(port), requestid: '0' });
  const error = connection.open(headers('error'));
  error.end();
  const data = connection.open(headers('data'));
  const readable = Readable.from(untilError(data, error), { objectMode: false });
  const both = Duplex.from({ readable, writable: data });
  both.on('error', () => {});
  both.once('close', () => connection.close());
  return both;
}

/** The runtime ends both streams together. The error stream says why it could not connect, or broke off. */
async function* untilError(data: SpdyStream, error: SpdyStream): AsyncGenerator<Buffer> {
  for await (const chunk of data.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  const why = await text(error);
  if (why) throw new Error(why);
  if (data.failure) throw data.failure;
}
