/** The terminal of the page, with its own shell and its own kubectl, on a cluster. */
import { Shell } from '../../web/src/kubectl/shell/shell.ts';
import { apiOf, filesOf, type Target } from '../kubectl/page/side.ts';
import type { Page } from './transcript/parse.ts';
import type { Outcome, Terminal } from './transcript/play.ts';

const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, 2 ** 31 - 1));
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

export class PageTerminal implements Terminal {
  readonly #shell: Shell;
  readonly #stopped = new AbortController();

  constructor(target: Target, page: Page) {
    this.#shell = new Shell({
      api: apiOf(target),
      config: {
        context: 'islet-test',
        cluster: 'islet-test',
        user: 'islet-test',
        server: target.server,
        namespace: '',
      },
      files: filesOf(new Map(page.files)),
      random: Math.random,
      // The examples of the documentation's site, as the page of this transcript has them.
      site: async (address) => {
        const text = page.files.get(address.replace(/^https:\/\/(k8s|kubernetes)\.io\//, ''));
        if (text === undefined) throw new Error(`${address} is not there`);
        return text;
      },
      clock: { now: () => Date.now(), sleep },
    });
  }

  async run(line: string): Promise<Outcome> {
    let output = '';
    const code = await this.#follow(line, (text) => (output += text), this.#stopped.signal);
    return { code, output };
  }

  watch(line: string): { output(): string; end(): void } {
    let output = '';
    const watch = new AbortController();
    void this.#follow(line, (text) => (output += text), watch.signal);
    return { output: () => output, end: () => watch.abort() };
  }

  #follow(line: string, out: (text: string) => void, signal: AbortSignal): Promise<number> {
    // The person's hands in the editor.
    const [, from = '', to = ''] = /^KUBE_EDITOR='sed -i s\/(.*)\/(.*)\/' /.exec(line) ?? [];
    const typed = line.replace(/^KUBE_EDITOR='[^']*' /, '');
    return this.#shell.run(typed, { out, err: out, signal, edit: async (text) => text.replaceAll(from, to) });
  }

  stop(): void {
    this.#stopped.abort();
  }
}
