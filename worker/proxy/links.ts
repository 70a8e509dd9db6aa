/**
 * Links and redirects of a server that is reached beneath a path of the API's (apimachinery
 * `pkg/util/proxy/transport.go`).
 */
import type { EdgeResponse } from '../env.ts';

export interface Site {
  /** The path beneath which the client sees the server. */
  prefix: string;
  /** The name under which the client asked, with its port. */
  host: string;
  /** Of the server, with its port, where that may name itself by it. */
  address?: string;
  /** The server has the host to itself: links to itself lead where they are to lead. */
  isOwn?: true;
}

/** The link as the client must follow it: those to another host, and relative ones, stay. */
export function throughProxy(link: string, { prefix, host, address }: Site): string {
  const absolute = /^(?:https?:)?\/\/([^/?#]*)(.*)$/i.exec(link);
  const path = absolute ? absolute[2] || '/' : link;
  if (absolute && absolute[1] !== host && absolute[1] !== address) return link;
  if (!path.startsWith('/')) return link;
  if (path === prefix || path.startsWith(`${prefix}/`)) return path;
  return prefix + path;
}

/** Elements and their attributes that hold an address. */
const LINKS: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

interface Element {
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
}

interface Rewriter {
  on(selector: string, handlers: { element(element: Element): void }): Rewriter;
  transform(response: EdgeResponse): EdgeResponse;
}

/** A page with its links turned. Others are passed through, and so is one whose encoding is not known. */
export function rewriteLinks(answer: EdgeResponse, site: Site): EdgeResponse {
  const type = answer.headers.get('content-type')?.split(';', 1)[0]?.trim();
  const { HTMLRewriter } = globalThis as unknown as { HTMLRewriter?: new () => Rewriter };
  if (type !== 'text/html' || !HTMLRewriter) return answer;
  const encoding = answer.headers.get('content-encoding') ?? '';
  if (encoding === '') return turned(answer, site, new HTMLRewriter());
  if (encoding !== 'gzip') return answer;
  const { status, headers } = answer;
  const page = recoded(answer, new DecompressionStream('gzip'), { status });
  const compressed = turned(page, site, new HTMLRewriter());
  return recoded(compressed, new CompressionStream('gzip'), { status, headers, encodeBody: 'manual' });
}

function recoded(answer: EdgeResponse, coder: object, init: object): EdgeResponse {
  const body = (answer.body as unknown as ReadableStream<Uint8Array>).pipeThrough(
    coder as ReadableWritablePair<Uint8Array, Uint8Array>,
  );
  return new Response(body, init) as unknown as EdgeResponse;
}

function turned(answer: EdgeResponse, site: Site, start: Rewriter): EdgeResponse {
  let rewriter = start;
  for (const [element, attributes] of Object.entries(LINKS)) {
    rewriter = rewriter.on(element, {
      element(found) {
        for (const name of attributes) {
          const link = found.getAttribute(name);
          if (link !== null) found.setAttribute(name, throughProxy(link, site));
        }
      },
    });
  }
  return rewriter.transform(answer);
}
