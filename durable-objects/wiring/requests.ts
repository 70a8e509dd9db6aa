/** The API for controllers, the scheduler and simulated nodes: the same requests as every client's, without a network. */
import type { Status } from '../../kube/machinery/status.ts';
import type { ApiServer } from '../apiserver/pipeline.ts';
import type { RequestPort } from '../controllers/runtime/ports.ts';

export function requestPort(api: ApiServer): RequestPort {
  return {
    async request({ user, groups = ['system:authenticated'], method, path, query = '', contentType, body, cause }) {
      const answer = await api.handle({
        method,
        path,
        query,
        header: (name) => (name === 'content-type' ? (contentType ?? 'application/json') : undefined),
        body: body === undefined ? undefined : JSON.stringify(body),
        user: { name: user, groups },
        cause,
      });
      if (answer.type !== 'response') throw new Error(`${method} ${path} answered a ${answer.type}`);
      const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
      const object: unknown = text === '' ? undefined : JSON.parse(text);
      return answer.status < 400 ? { ok: true, object } : { ok: false, status: object as Status };
    },
  };
}
