/** POSTs of a page of a service that has a name and TLS: the machine's own certificate is for other names. */
import { request } from 'node:https';
import { readService } from '../../../cli/local/service-file.ts';

export interface SecureAnswer {
  status: number;
  json: unknown;
  cookie: string | undefined;
}

/** `state`: the folder of a service that is up. */
export function postSecurely(state: string, host: string, path: string, body: object): Promise<SecureAnswer> {
  const { server, ca } = readService(state);
  const { hostname, port } = new URL(server);
  const headers = { host, origin: `https://${host}`, 'content-type': 'application/json' };
  const options = { host: hostname, port, path, method: 'POST', ca, agent: false, headers };
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, checkServerIdentity: () => undefined }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => {
        const cookie = response.headers['set-cookie']?.[0];
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(text), cookie });
      });
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}
