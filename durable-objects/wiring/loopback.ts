/** The API for the cluster's own parts: the same requests as every client's, without a network. */
import { failure, type Status } from '../../kube/machinery/status.ts';
import type { ApiServer } from '../apiserver/pipeline.ts';
import type { ApiAnswer, ApiRequest } from '../apiserver/request.ts';
import type { RequestPort } from '../controllers/runtime/ports.ts';

/**
 * The way into the API server (upstream's loopback client). Parts of the cluster hold it before the server is made,
 * because the server needs some of them; nothing is sent before {@link connect}.
 */
export class Loopback implements RequestPort {
  #api: Pick<ApiServer, 'handle' | 'inFlight'> | undefined;

  connect(api: Pick<ApiServer, 'handle' | 'inFlight'>): void {
    this.#api = api;
  }

  handle(request: ApiRequest): Promise<ApiAnswer> {
    if (!this.#api) throw new Error('the API server is not connected yet');
    return this.#api.handle(request);
  }

  /** Requests under way. */
  inFlight(): number {
    return this.#api?.inFlight() ?? 0;
  }

  async request({
    user,
    groups = ['system:authenticated'],
    method,
    path,
    query = '',
    contentType = 'application/json',
    body,
    cause,
  }: Parameters<RequestPort['request']>[0]): ReturnType<RequestPort['request']> {
    const answer = await this.handle({
      method,
      path,
      query,
      header: (name) => (name === 'content-type' ? contentType : undefined),
      body: body === undefined ? undefined : JSON.stringify(body),
      user: { name: user, groups },
      cause,
    });
    if (answer.type !== 'response') throw new Error(`${method} ${path} answered a ${answer.type}`);
    const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
    if (answer.headers['content-type']?.startsWith('text/plain'))
      return { ok: false, status: failure('NotFound', text.trim()) };
    const object: unknown = text === '' ? undefined : JSON.parse(text);
    return answer.status < 400 ? { ok: true, object } : { ok: false, status: object as Status };
  }
}
