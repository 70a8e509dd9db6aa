/** The heartbeats of nodes, as a real kubectl reads and watches them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lease } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

const LEASES = 'leases -n kube-node-lease';
const COLUMNS = '-o custom-columns=NAME:.metadata.name,RENEWED:.spec.renewTime,VERSION:.metadata.resourceVersion';

describe.skipIf('skip' in found)('Leases of nodes', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open({ simulatedNodes: 2 });
    await eventually(async () => expect((await kubectl.json('get nodes')).items).toHaveLength(2));
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('a watch sees each renewed every ten seconds, and a read shows the same', async () => {
    const child = kubectl.start(['get', ...LEASES.split(' '), '-w', '--no-headers', ...COLUMNS.split(' ')]);
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    const rows = () =>
      output
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/));
    await eventually(() => expect(rows().map(([name]) => name)).toEqual(['sim-0', 'sim-1']));
    await eventually(() => expect(rows()).toHaveLength(4), 19_000);
    const [first, later] = rows().filter(([name]) => name === 'sim-0');
    const apart = Date.parse(later?.[1] ?? '') - Date.parse(first?.[1] ?? '');
    expect(apart).toBeGreaterThanOrEqual(9_000);
    expect(apart).toBeLessThan(19_000);
    const read = (await kubectl.ok(`get ${LEASES} sim-0 --no-headers ${COLUMNS}`)).trim().split(/ +/);
    expect(read).toEqual(later);
    child.kill();
  });

  test('describe shows the Lease of a node', async () => {
    const { spec } = await kubectl.json<Lease>(`get ${LEASES} sim-1`);
    expect(Date.now() - Date.parse(String(spec?.renewTime))).toBeLessThan(20_000);
    const text = await kubectl.ok('describe node sim-1');
    expect(text).toMatch(/Lease:\n +HolderIdentity: +sim-1\n +AcquireTime: +<unset>\n +RenewTime: +\w{3}, \d\d \w{3}/);
  });
});
