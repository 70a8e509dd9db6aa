/** Whole logs as one file: all that the server has of each container, not what the page keeps. */
import type { Api } from '../api/request.ts';
import { logPath } from './log-work.ts';
import { prefixOf, type Target } from './targets.ts';

export interface DownloadOptions {
  previous: boolean;
  timestamps: boolean;
}

export async function wholeLogs(api: Api, targets: readonly Target[], options: DownloadOptions): Promise<string> {
  const parts: string[] = [];
  for (const target of targets) {
    const query = { container: target.container, timestamps: options.timestamps || undefined };
    const which = options.previous ? { previous: true } : {};
    const response = await api.request('GET', logPath(target), { query: { ...query, ...which } });
    const text = await response.text();
    const prefix = prefixOf(target, targets);
    parts.push(prefix === '' ? text : text.replace(/^(?=.)/gm, `${prefix} │ `));
  }
  return parts.map((part) => (part === '' || part.endsWith('\n') ? part : `${part}\n`)).join('');
}

export function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
