/**
 * A few pages of the Kubernetes documentation, line by line, with a real kubectl and in the terminal of the dashboard;
 * `npm run tutorials` plays all of them.
 */
import { describe, expect, test } from 'vitest';
import { startCluster } from '../../testing/index.ts';
import { PageTerminal } from '../tutorials/in-page.ts';
import { PAGES } from '../tutorials/pages.ts';
import { RealTerminal } from '../tutorials/real.ts';
import type { Page } from '../tutorials/transcript/parse.ts';
import { CLOCK, play } from '../tutorials/transcript/play.ts';
import { findKubectl } from './find-kubectl.ts';

const PLAYED = [
  'tutorials/kubernetes-basics/scale/scale-intro',
  'tutorials/kubernetes-basics/expose/expose-intro',
  'tutorials/stateless-application/guestbook',
  'tutorials/security/ns-level-pss',
];

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

function pageOf(path: string): Page {
  const page = PAGES.find((one) => one.path === path);
  if (!page) throw new Error('no such page');
  return page;
}

describe.skipIf('skip' in found)('the documentation of Kubernetes', () => {
  test.each(PLAYED)(
    '%s',
    async (path) => {
      await using cluster = await startCluster();
      await using terminal = await RealTerminal.open(
        'path' in found ? found.path : '',
        cluster.kubeconfig,
        pageOf(path),
      );
      expect((await play(pageOf(path), terminal, CLOCK)).join('\n\n')).toBe('');
    },
    300_000,
  );
});

describe('the documentation of Kubernetes in the terminal of the dashboard', () => {
  test.each(PLAYED)(
    '%s',
    async (path) => {
      await using cluster = await startCluster();
      const terminal = new PageTerminal(cluster, pageOf(path));
      expect((await play(pageOf(path), terminal, CLOCK)).join('\n\n')).toBe('');
      terminal.stop();
    },
    300_000,
  );
});
