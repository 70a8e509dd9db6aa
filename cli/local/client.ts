/** Requests to a service's management API. Node's `fetch` cannot be told of a CA, so this is `node:https`. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AccountCredential } from '../../wire/account-rpc.ts';
import type { ClusterSpec, ClusterSummary, DeletedCluster, NewCluster } from '../../wire/rpc.ts';
import { fail } from './user-error.ts';

export interface Endpoint {
  /** `https://host:port`, maybe with a path beneath which everything lies. */
  server: string;
  ca?: string;
  token?: string;
}

export interface Answer {
  status: number;
  text: string;
  /** Of an answer that sends the request elsewhere. */
  location?: string;
}

export function send(endpoint: Endpoint, method: string, path: string, body?: unknown): Promise<Answer> {
  const url = new URL(endpoint.server.replace(/\/$/, '') + path);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers: Record<string, string> = {};
  if (endpoint.token) headers.authorization = `Bearer ${endpoint.token}`;
  if (payload !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(Buffer.byteLength(payload));
  }
  const options = { method, headers, agent: false as const, timeout: 30_000 };
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text, location: response.headers.location });
      });
      response.on('error', reject);
    };
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ca: endpoint.ca }, answered)
        : httpRequest(url, options, answered);
    request.on('timeout', () => request.destroy(new Error('no answer within 30 seconds')));
    request.on('error', reject);
    request.end(payload);
  });
}

export interface Advice {
  /** In place of the words of a 401. */
  refused?: string;
  /** After the words of a 404. */
  missing?: string;
  /** After the words of a 409. */
  conflict?: string;
}

/** The answer as JSON; a UserError with the server's own words, and advice, when it is no success. */
export async function call<T>(
  endpoint: Endpoint,
  method: string,
  path: string,
  body?: unknown,
  advice: Advice = {},
): Promise<T> {
  checkEncryption(endpoint);
  let answer: Answer;
  try {
    answer = await send(endpoint, method, path, body);
  } catch (error) {
    return fail(unreachable(endpoint.server, error as NodeJS.ErrnoException));
  }
  if (answer.status < 400) return contentOf<T>(endpoint, answer);
  if (answer.status === 401 && advice.refused) return fail(advice.refused);
  const message = messageOf(answer);
  const next = { 404: advice.missing, 409: advice.conflict }[answer.status];
  return fail(next ? `${message}: ${next}` : message);
}

/** Another site may answer at the address, or one in front that sends browsers on. */
function contentOf<T>({ server }: Endpoint, { status, text, location }: Answer): T {
  if (status >= 300 && location) {
    return fail(`${server} sends requests on to ${location}: name the address of the service itself`);
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    return fail(`${server} does not answer as Islet does: is the address right?`);
  }
}

/** The reason why a server could not be asked, with the next step. */
export function unreachable(server: string, { code = '', message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') {
    const { hostname, port } = new URL(server);
    const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
    // Kubeconfigs name the port, which a service that is started without it may not get.
    const start = `start the service with \`npx islet up --port ${port || 443}\``;
    return `nothing answers at ${server}: ${isLocal ? start : 'is the address right?'}`;
  }
  if (code === 'ENOTFOUND') return `${server}: no such host. Is the address right?`;
  if (code === 'EAI_AGAIN') return `${server}: names cannot be looked up now. Is this machine online?`;
  if (/SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code)) {
    return `${server}: its certificate is of an authority unknown here; NODE_EXTRA_CA_CERTS=FILE makes one known`;
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return `${server} does not speak TLS: is the address right, with its port?`;
  }
  return `cannot reach ${server}: ${message || code}`;
}

/**
 * A token that is sent in the clear can be read on the way. The dashboard's address, without TLS, is on the loopback.
 */
function checkEncryption({ server, token }: Endpoint): void {
  if (!token || !URL.canParse(server)) return;
  // Requests read the address in the same way: `http:/host` is one, too.
  const { protocol, hostname, username } = new URL(server);
  const isLocal = username === '' && /^((.*\.)?localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  if (protocol === 'http:' && !isLocal)
    fail(`${server} would be sent a token that others can read on the way: use its https:// address`);
}

export function messageOf({ status, text }: Answer): string {
  try {
    const { message } = JSON.parse(text) as { message?: string };
    if (message) return message;
  } catch {
    // No Status: the text itself is all there is.
  }
  return text.trim() || `the server answered ${status}`;
}

const ACCOUNTS = '/islet/v1/accounts';
const TOKENS = '/islet/v1/account-tokens';
const DELETED = '/islet/v1/deleted-clusters';
const SIGN_IN: Advice = { refused: 'the token of the account is no longer good: sign in again with `islet login`' };
const LIST_CLUSTERS: Advice = { ...SIGN_IN, missing: '`islet clusters list` shows those there are' };
const CREATE_CLUSTER: Advice = {
  ...SIGN_IN,
  conflict: 'choose another name; `islet kubeconfig --cluster NAME` prints what kubectl needs for one that is there',
};
const CREATE_TOKEN: Advice = LIST_CLUSTERS;
const LIST_TOKENS: Advice = { ...SIGN_IN, missing: '`islet account list` shows those there are' };

/** A field that is left out narrows nothing down. */
export interface TokenRequest {
  ttlSeconds?: number;
  label?: string;
  /** The name of the one cluster that it opens. */
  cluster?: string;
  readOnly?: boolean;
}

/** The management API, signed in as an account. */
export class Account {
  readonly #endpoint: Endpoint;

  private constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** With the account's own token. */
  static of({ server, ca, token }: { server: string; ca?: string; token: string }): Account {
    return new Account({ server, ca, token });
  }

  /**
   * Opens an account with the bootstrap secret. `reset` opens one anew that is open already: all its tokens are
   * revoked.
   */
  static async open(request: {
    server: string;
    ca?: string;
    secret: string;
    account: string;
    reset?: boolean;
  }): Promise<Account> {
    const { server, ca, secret, account, reset = false } = request;
    const bootstrap = { server, ca, token: secret };
    const refused = `${server} does not take this bootstrap secret`;
    const { token } = await call<{ token: string }>(bootstrap, 'POST', ACCOUNTS, { account, reset }, { refused });
    return new Account({ server, ca, token });
  }

  get accountToken(): string {
    return this.#endpoint.token ?? '';
  }

  async credentials(): Promise<AccountCredential[]> {
    return (await call<{ items: AccountCredential[] }>(this.#endpoint, 'GET', TOKENS, undefined, SIGN_IN)).items;
  }

  async createToken(spec: TokenRequest = {}): Promise<string> {
    return (await call<{ token: string }>(this.#endpoint, 'POST', TOKENS, spec, CREATE_TOKEN)).token;
  }

  revoke(id: string): Promise<AccountCredential> {
    return call(this.#endpoint, 'DELETE', `${TOKENS}/${encodeURIComponent(id)}`, undefined, LIST_TOKENS);
  }

  /** The same account at an address beneath the service: a cluster of its own. */
  at(server: string): Endpoint {
    return { ...this.#endpoint, server };
  }

  async list(): Promise<ClusterSummary[]> {
    return (await call<{ items: ClusterSummary[] }>(this.#endpoint, 'GET', '/islet/v1/clusters', undefined, SIGN_IN))
      .items;
  }

  create(name: string, simulatedNodes: number, without: ClusterSpec['without'] = []): Promise<NewCluster> {
    return call(this.#endpoint, 'POST', '/islet/v1/clusters', { name, simulatedNodes, without }, CREATE_CLUSTER);
  }

  /** `now`: nothing of it can be had back. */
  delete(name: string, now = false): Promise<ClusterSummary & { until?: string }> {
    const path = `/islet/v1/clusters/${encodeURIComponent(name)}${now ? '?now=true' : ''}`;
    return call(this.#endpoint, 'DELETE', path, undefined, LIST_CLUSTERS);
  }

  async deleted(): Promise<DeletedCluster[]> {
    return (await call<{ items: DeletedCluster[] }>(this.#endpoint, 'GET', DELETED, undefined, SIGN_IN)).items;
  }

  undelete(name: string, as: string | undefined): Promise<ClusterSummary> {
    const advice = {
      ...SIGN_IN,
      missing: '`islet clusters undelete` shows those there are',
      conflict: 'name another with --as',
    };
    return call(this.#endpoint, 'POST', `${DELETED}/${encodeURIComponent(name)}/undelete`, { as }, advice);
  }

  fork(name: string, as: string, revision: number | undefined): Promise<NewCluster> {
    const path = `/islet/v1/clusters/${encodeURIComponent(name)}/fork`;
    return call(this.#endpoint, 'POST', path, { as, revision }, { ...CREATE_CLUSTER, ...LIST_CLUSTERS });
  }

  token(name: string): Promise<NewCluster> {
    return call(this.#endpoint, 'POST', `/islet/v1/clusters/${encodeURIComponent(name)}/token`, undefined, SIGN_IN);
  }

  async dashboardCode(): Promise<string> {
    return (await call<{ code: string }>(this.#endpoint, 'POST', '/islet/v1/dashboard-codes', undefined, SIGN_IN)).code;
  }
}
