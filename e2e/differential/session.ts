/** Runs a sequence of requests on one server, and keeps what a client saw. */
import type { IncomingMessage } from 'node:http';
import { Agent, request as send } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { Target } from '../../bench/lib/target.ts';
import { hasOwnTime, Mask, withoutOwnTime } from './mask.ts';
import type { Json } from './mutations.ts';
import type { Request, Step } from './steps.ts';
import type { Scope, Subject } from './subjects.ts';

/** An answer, with all that may differ from server to server masked. */
export interface Seen {
  request: Request;
  status: number;
  headers: Record<string, string>;
  /** JSON where it is JSON, else text. */
  body: Json;
}

const HEADERS = ['content-type', 'warning', 'allow', 'retry-after', 'location'] as const;
const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
const SENTINEL = 'zz-end';

export class Session {
  readonly #target: Target;
  readonly #mask = new Mask();

  constructor(target: Target) {
    this.#target = target;
  }

  /** Makes the namespace, with the account that pods need: no controller runs that would make it. */
  async open(scope: Scope): Promise<void> {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: scope.namespace } };
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    await this.#must({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify(namespace) });
    const accounts = `/api/v1/namespaces/${scope.namespace}/serviceaccounts`;
    await this.#must({ method: 'POST', path: accounts, body: JSON.stringify(account) });
  }

  /** Makes the definition of custom resources, and waits until its objects are served. */
  async define(definition: Json): Promise<void> {
    const { group, names, versions } = definition.spec;
    const body = JSON.stringify(definition);
    await this.#must({ method: 'POST', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', body });
    const path = `/apis/${group}/${versions[0].name}/namespaces/default/${names.plural}`;
    while ((await this.#send({ method: 'GET', path })).status !== 200) await setTimeout(50);
    // What upstream serves a moment after that: patches, whose schema is published.
    await setTimeout(3000);
  }

  async run(step: Step): Promise<Seen> {
    let current: Json;
    if (step.reads) {
      const { status, text } = await this.#send({ method: 'GET', path: step.reads });
      if (status === 200) current = JSON.parse(text);
    }
    const request = step.request(current);
    const { status, headers, text } = await this.#send(request);
    headers.warning = headers.warning?.replace(OWN_WARNING, '') || undefined;
    const kept = HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]));
    return {
      request,
      status,
      headers: this.#mask.apply(Object.fromEntries(kept)),
      body: withoutOwnTime(
        this.#mask.apply(withoutRepeatedCauses(withoutDescriptions(withoutListRevision(parsed(text))))),
        request.path.replace(/\?.*/, ''),
      ),
    };
  }

  /** The events of a collection from now on; `end` makes an object that nothing else makes, and waits for its event. */
  async watch(subject: Subject, scope: Scope): Promise<{ end(): Promise<Json[]> }> {
    const selector = `labelSelector=${scope.selector}`;
    const collection = scope.collection(subject);
    const start = await this.#must({ method: 'GET', path: `${collection}?limit=1&${selector}` });
    const revision = start.metadata.resourceVersion as string;
    const path = `${collection}?watch=true&timeoutSeconds=60&${selector}&resourceVersion=${revision}`;
    const response = await this.#open({ method: 'GET', path });
    if (response.statusCode !== 200) throw new Error(`${this.#target.name}: ${path}: ${response.statusCode}`);
    const events = eventsOf(response);
    return {
      end: async () => {
        const body = JSON.stringify(scope.manifest(subject, SENTINEL));
        const made = await this.#send({ method: 'POST', path: collection, body });
        const seen: Json[] = [];
        if (made.status !== 201 || hasOwnTime(collection)) {
          response.destroy();
          return seen;
        }
        for await (const event of events) {
          if (event.object?.metadata?.name === scope.name(subject, SENTINEL)) break;
          seen.push(event);
        }
        response.destroy();
        return seen.filter((event, index) => !isLastMark(event, seen[index + 1])).map((each) => this.#mask.apply(each));
      },
    };
  }

  async #must(request: Request): Promise<Json> {
    const { status, text } = await this.#send(request);
    if (status < 200 || status > 299) throw new Error(`${this.#target.name}: ${request.path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  async #send(request: Request): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
    const response = await this.#open(request);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode ?? 0, headers: response.headers, text };
  }

  #open({ method, path, headers = {}, body }: Request): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const all: Record<string, string> = { authorization: `Bearer ${this.#target.token}`, ...headers };
      all.accept ??= 'application/json';
      all['user-agent'] = 'differential/1';
      if (body !== undefined) {
        all['content-type'] ??= 'application/json';
        all['content-length'] = String(Buffer.byteLength(body));
      }
      const request = send(this.#target.url + path, { method, headers: all, agent }, resolve);
      request.on('error', reject);
      request.end(body);
    });
  }
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<Json> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line);
  }
}

/**
 * Upstream writes that a pod has no time left, and deletes it in a second write. Here both are one write, with one event:
 * a watcher would see the first for no time at all.
 */
function isLastMark(event: Json, next: Json): boolean {
  const { name, deletionTimestamp, deletionGracePeriodSeconds } = event.object.metadata;
  if (event.type !== 'MODIFIED' || next?.type !== 'DELETED' || next.object.metadata.name !== name) return false;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0;
}

/** Descriptions of columns are Islet's own texts. */
function withoutDescriptions(body: Json): Json {
  for (const column of Array.isArray(body?.columnDefinitions) ? body.columnDefinitions : []) delete column.description;
  return body;
}

/**
 * Upstream runs the rules of metadata up to four times on an update. Its message has each error once, as the causes have
 * here.
 */
function withoutRepeatedCauses(body: Json): Json {
  const causes = body?.kind === 'Status' ? body.details?.causes : undefined;
  if (!Array.isArray(causes)) return body;
  const seen = new Set<string>();
  body.details.causes = causes.filter((cause) => !seen.has(JSON.stringify(cause)) && seen.add(JSON.stringify(cause)));
  return body;
}

/** Islet says of some kinds that nothing acts on them yet, in a warning of its own. */
const OWN_WARNING = /^299 - "\S+ are stored, but nothing acts on them yet in this version of Islet"(, )?/;

/** A list's revision is the store's, which other writers move. */
function withoutListRevision(body: Json): Json {
  const isList = Array.isArray(body?.items) || Array.isArray(body?.rows);
  if (isList && body.metadata?.resourceVersion) body.metadata.resourceVersion = 'list';
  return body;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
