/** Every page of the Kubernetes documentation that has a transcript, each with a real kubectl on a new cluster. */
import { describe, expect, test } from 'vitest';
import { startCluster } from '../../testing/index.ts';
import { findKubectl } from '../kubectl/find-kubectl.ts';
import { PAGES } from './pages.ts';
import { RealTerminal } from './real.ts';
import { CLOCK, play } from './transcript/play.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);
const asked = process.env.PAGE ?? '';

describe.skipIf('skip' in found)('the documentation of Kubernetes', () => {
  test.each(PAGES.filter(({ path }) => path.includes(asked)))(
    '$path',
    async (page) => {
      await using cluster = await startCluster();
      await using terminal = await RealTerminal.open('path' in found ? found.path : '', cluster.kubeconfig, page);
      const wrong = await play(page, terminal, CLOCK);
      expect(wrong.join('\n\n')).toBe('');
    },
    600_000,
  );
});
