/**
 * `/islet/v1/manifest?url=…`: a manifest of another site, for the page that opens it ("open in Islet"). The page may load
 * nothing from elsewhere, so the edge does: text, over https, of public hosts alone.
 */
import { failure, type Status } from '../../kube/machinery/status.ts';
import { isPublicHost } from '../../wire/public-hosts.ts';
import type { Result } from '../../wire/rpc.ts';
import { Attempts } from '../auth/attempts.ts';
import { queryValue } from '../location.ts';
import { route } from './management/route.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 3;
const TIMEOUT_MS = 10_000;

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The service is no way to look at other sites, or to press them. */
const asking = new Attempts(60, 10 * 60_000);

export const manifest = route({}, async ({ location, account }) => {
  const wait = asking.take(account, Date.now());
  if (wait > 0) return tooMany(wait);
  return fetchManifest(queryValue(location.query, 'url') ?? '', (url, init) => fetch(url, init));
});

export async function fetchManifest(address: string, fetcher: Fetch): Promise<Result<{ url: string; text: string }>> {
  let url = address;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const problem = problemOf(url);
    if (problem !== undefined) return refuse(failure('BadRequest', problem));
    let answer: Response;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      answer = await fetcher(url, {
        redirect: 'manual',
        signal,
        headers: { accept: 'text/plain, application/yaml, */*' },
      });
    } catch {
      return refuse(failure('BadRequest', `${hostOf(url)} does not answer: is the address right?`));
    }
    const next = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && next) {
      url = URL.canParse(next, url) ? new URL(next, url).href : next;
      continue;
    }
    if (!answer.ok) return refuse(failure('BadRequest', `${hostOf(url)} answers ${answer.status} for ${url}`));
    let text: string | undefined;
    try {
      text = await limitedText(answer);
    } catch {
      return refuse(
        failure('BadRequest', `${hostOf(url)} broke off, or took longer than ${TIMEOUT_MS / 1000} seconds`),
      );
    }
    if (text === undefined) return refuse(failure('BadRequest', `${url} is longer than ${MAX_BYTES} bytes`));
    return { ok: true, value: { url, text } };
  }
  return refuse(failure('BadRequest', `${address} leads on more than ${MAX_REDIRECTS} times`));
}

/** The reason why an address is not fetched. */
function problemOf(url: string): string | undefined {
  if (!URL.canParse(url)) return 'url must be the address of a manifest';
  const { protocol, hostname, username, port } = new URL(url);
  if (protocol !== 'https:') return `${url}: only https:// addresses are opened`;
  if (username !== '' || (port !== '' && port !== '443')) return `${url}: the address must name a host alone`;
  return isPublicHost(hostname) ? undefined : `${hostname} is not a public host`;
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}

/** undefined for one that is too long. */
async function limitedText(answer: Response): Promise<string | undefined> {
  const reader = answer.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_BYTES) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}

function tooMany(retryAfterSeconds: number): Result<never> {
  const message = `too many manifests were opened: try again in ${Math.ceil(retryAfterSeconds / 60)} minutes`;
  return refuse({ ...failure('TooManyRequests', message), details: { retryAfterSeconds } });
}

function refuse(status: Status): Result<never> {
  return { ok: false, status };
}
