/** The scheduler's way to its extenders. One whose host is that of a Service is reached as webhooks of Services are. */
import type { Outbound, OutboundRequest } from '../apiserver/outbound.ts';
import type { ExtenderCall } from '../scheduler/extenders/client.ts';

const SERVICE_HOST = /^([^.]+)\.([^.]+)\.svc(?:\.cluster\.local)?\.?$/;
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

export function extenderCall(outbound: Outbound): ExtenderCall {
  return async ({ url, tls, body, timeoutMs }) => {
    const { client, ...checks } = tls;
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body, timeoutMs } as const;
    const { status, body: text } = await outbound({
      ...request,
      ...checks,
      ...(client ? { client: async () => client } : {}),
      to: targetOf(url),
    });
    return { status, body: text };
  };
}

function targetOf(text: string): OutboundRequest['to'] {
  const url = URL.parse(text);
  const [, name, namespace] = SERVICE_HOST.exec(url?.hostname ?? '') ?? [];
  if (!url || name === undefined || namespace === undefined) return { url: text };
  const path = url.pathname + url.search;
  const port = Number(url.port || PORTS[url.protocol]);
  return { service: { name, namespace, port, path, ...(url.protocol === 'http:' ? { plain: true } : {}) } };
}
