/** The pages of a kubelet's own API that Islet serves (upstream `pkg/kubelet/server/server.go`). */
import { TEXT_TYPE } from '../metrics/text.ts';
import type { Pod } from '../types.ts';
import { resourceMetrics, type Summary } from './summary.ts';

/** A node, to be read when a page needs it. */
export interface NodeReader {
  pods(): Promise<readonly Pod[]> | readonly Pod[];
  summary(): Promise<Summary>;
}

export interface KubeletPage {
  /** The content type. */
  type: string;
  body: string;
}

const JSON_TYPE = 'application/json';

const PAGES: Readonly<Record<string, (node: NodeReader) => Promise<KubeletPage>>> = {
  '/healthz': async () => ({ type: 'text/plain; charset=utf-8', body: 'ok' }),
  '/pods': async (node) => ({ type: JSON_TYPE, body: JSON.stringify(podList(await node.pods())) }),
  '/metrics/resource': async (node) => ({ type: TEXT_TYPE, body: resourceMetrics(await node.summary()) }),
  '/stats/summary': async (node) => ({ type: JSON_TYPE, body: JSON.stringify(await node.summary(), undefined, 1) }),
};

export const KUBELET_PATHS: readonly string[] = Object.keys(PAGES);

/** undefined for a path that is not served. */
export function kubeletPage(path: string): ((node: NodeReader) => Promise<KubeletPage>) | undefined {
  const name = path.replace(/\/$/, '');
  return Object.hasOwn(PAGES, name) ? PAGES[name] : undefined;
}

function podList(pods: readonly Pod[]): object {
  const items = pods.map(({ apiVersion: _, kind: __, ...pod }) => pod);
  return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items };
}
