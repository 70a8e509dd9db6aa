/** One server as the client of a sequence sees it: what it is answered is kept, with all that may differ masked. */
import { setTimeout } from 'node:timers/promises';
import { parse } from 'yaml';
import { Mask, withoutOwnTime } from '../mask.ts';
import type { Json } from '../mutations.ts';
import type { Request } from '../request.ts';
import type { Scope } from '../subjects.ts';
import { normalised } from './normalise.ts';
import { objectOf, PROTOBUF } from './protobuf.ts';
import { type Answer, type Ask, bytesOf } from './servers.ts';
import type { Client as StepClient } from './steps/step.ts';
import { Watch } from './watch.ts';

/** An answer, or the events of a watch. */
export interface Seen {
  method: string;
  /** The request and its status, for people. */
  line: string;
  status: number;
  headers: Record<string, string>;
  /** JSON where it is JSON or protobuf, else text. */
  body: Json;
}

const HEADERS = [
  'content-type',
  'warning',
  'allow',
  'retry-after',
  'location',
  'cache-control',
  'x-content-type-options',
  'x-kubernetes-pf-flowschema-uid',
] as const;
/** The time for which a server's caches are waited for. */
const LIMIT_MS = 10_000;

export class Client implements StepClient {
  /** In the order of the requests. */
  readonly seen: Seen[] = [];
  /** Revisions that were seen, by the name that a later step asks for them with. */
  readonly revisions = new Map<string, string>();
  readonly #ask: Ask;
  readonly #mask: Mask;
  readonly #watches: Watch[] = [];

  constructor(ask: Ask, scope: Scope) {
    this.#ask = ask;
    this.#mask = new Mask(scope.number);
  }

  /** A request whose answer is compared. */
  async ask(request: Request): Promise<Json> {
    const { status, headers, body } = await this.#ask(complete(request));
    const bytes = await bytesOf(body);
    return this.#keep(request, status, headers, bytes);
  }

  /** The answer's object, which is not compared; undefined for anything but success. */
  async read(path: string, accept?: string): Promise<Json | undefined> {
    const { status, bytes } = await this.send({ method: 'GET', path, headers: accept ? { accept } : {} });
    return status === 200 ? JSON.parse(bytes.toString()) : undefined;
  }

  /** A request whose answer is not compared. */
  async send(request: Request): Promise<{ status: number; bytes: Buffer }> {
    const { status, body } = await this.#ask(complete(request));
    return { status, bytes: await bytesOf(body) };
  }

  /** A watch that goes on until {@link endWatches}. An answer that is none is kept like any other. */
  async watch(request: Request): Promise<void> {
    const answer = await this.#ask(complete(request));
    if (answer.status === 200 && isStream(answer)) this.#watches.push(new Watch(request, answer));
    else this.#keep(request, answer.status, answer.headers, await bytesOf(answer.body));
  }

  get watches(): readonly Watch[] {
    return this.#watches;
  }

  /** Ends the watches, and keeps their events but for those of the object that was made to end them. */
  endWatches(isWithoutEvents = false, last = ''): void {
    for (const { request, headers, events, close } of this.#watches.splice(0)) {
      close();
      const own = isWithoutEvents ? [] : events.filter((event) => !isAbout(event, last));
      const body = own.map((event) => this.#masked(request, event));
      const seen = { status: 200, headers: this.#headers(headers), body: normalised.events(body) };
      this.seen.push({ method: 'WATCH', line: lineOf(request, 200), ...seen });
    }
  }

  /** Ends the watches without a look at their events. */
  dropWatches(): void {
    for (const { close } of this.#watches.splice(0)) close();
  }

  /** Waits until the server's caches have all that was written. */
  async settle(path: string): Promise<void> {
    await Promise.race([this.send({ method: 'GET', path }), setTimeout(LIMIT_MS, undefined, { ref: false })]);
  }

  #keep(request: Request, status: number, headers: Answer['headers'], bytes: Buffer): Json {
    const raw = bodyOf(bytes, headers['content-type']);
    const body = this.#masked(request, ofDryRun(request, structuredClone(raw)));
    this.seen.push({
      method: request.method,
      line: lineOf(request, status),
      status,
      headers: this.#headers(headers),
      body,
    });
    return raw;
  }

  #headers(headers: Answer['headers']): Record<string, string> {
    const kept = HEADERS.flatMap((name) => {
      const value = normalised.header(name, headers[name]);
      return value === undefined ? [] : [[name, value]];
    });
    return this.#mask.apply(Object.fromEntries(kept));
  }

  #masked(request: Request, body: Json): Json {
    return withoutOwnTime(this.#mask.apply(normalised.body(body)), request.path.replace(/\?.*/, ''));
  }
}

/** Upstream shows what a write would refuse or drop. */
function ofDryRun({ path }: Request, body: Json): Json {
  if (!path.includes('dryRun=All') || typeof body?.metadata !== 'object' || body.metadata === null) return body;
  for (const name of ['resourceVersion', 'selfLink', 'uid']) delete body.metadata[name];
  return body;
}

function isAbout({ object }: Json, name: string): boolean {
  const metadata = object?.metadata ?? {};
  return (metadata.name ?? object?.rows?.[0]?.object?.metadata?.name) === name;
}

function lineOf({ method, path, headers = {}, body = '' }: Request, status: number): string {
  const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const text = typeof body === 'string' ? body : `${body.length} bytes`;
  return [method, path, ...named, text, `→ ${status}`].filter((part) => part !== '').join('  ');
}

function isStream({ headers }: Answer): boolean {
  // Upstream sends a stream in chunks, and so it names no length.
  return headers['content-length'] === undefined;
}

function complete(request: Request): Request {
  const headers: Record<string, string> = { 'user-agent': 'differential/1', ...request.headers };
  headers.accept ??= 'application/json';
  if (request.body !== undefined) headers['content-type'] ??= 'application/json';
  // A header that is given as empty is left out.
  for (const name of Object.keys(headers)) if (headers[name] === '') delete headers[name];
  return { ...request, headers };
}

function bodyOf(bytes: Buffer, type = ''): Json {
  if (type.startsWith(PROTOBUF)) return objectOf(new Uint8Array(bytes));
  const text = bytes.toString();
  try {
    // Libraries break lines at other places, and quote otherwise.
    if (type.startsWith('application/yaml')) return parse(text);
    return JSON.parse(text);
  } catch {
    return text;
  }
}
