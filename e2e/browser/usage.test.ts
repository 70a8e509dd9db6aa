/** The use of CPU and memory is drawn and told for nodes, pods and workloads. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import type { Node } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { look } from './look.ts';
import { DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

interface NodeList {
  metadata: { resourceVersion: string };
}

const USED = { 'islet.dev/simulated-cpu': '250m', 'islet.dev/simulated-memory': '64Mi' };
const POD = '/api/v1/namespaces/default/pods';

describe.skipIf(skip)('the use of CPU and memory', () => {
  let rig: DashboardRig;
  let page: Page;

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await call(rig.cluster, 'POST', deploymentsIn('default'), deployment('web', 2, USED));
    const resources = { requests: { cpu: '200m', memory: '32Mi' }, limits: { cpu: '1', memory: '128Mi' } };
    const spec = { containers: [{ name: 'main', image: 'nginx', resources }] };
    await call(rig.cluster, 'POST', POD, { metadata: { name: 'one', annotations: USED }, spec });
    const huge = { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '500' } } }] };
    await call(rig.cluster, 'POST', POD, { metadata: { name: 'huge' }, spec: huge });
    await rig.enter();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const chart = (resource: 'cpu' | 'memory') => page.locator(`.usage-chart[data-resource=${resource}]`);

  async function open(object: string): Promise<void> {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#cluster=default&show=${object}&tab=Usage`);
  }

  test('of a pod, beside what it requests and may use, and as a table', async () => {
    await open('pods/default/one');
    await chart('cpu').getByText('now 250m').waitFor();
    await chart('cpu').getByText('requested 200m').waitFor();
    await chart('cpu').getByText('limit 1', { exact: true }).waitFor();
    await chart('memory').getByText('now 64Mi').waitFor();
    await page.getByRole('img', { name: 'CPU in the last hour: 250m now, 250m at most.' }).waitFor();
    // Something is drawn in the colour of the line.
    await eventually(async () => expect(await coloursIn(page)).toBeGreaterThan(20));
    await page.getByText('As a table').click();
    await page.getByRole('row', { name: /250m 64Mi/ }).waitFor();
    await page.getByText('kubectl top pod one -n default', { exact: true }).waitFor();
    await look(page, 'usage-pod');
  });

  test('a pod that does not run is not measured, and the page says so', async () => {
    await open('pods/default/huge');
    await page.getByText('a Pod is measured while it runs').waitFor();
    rig.expectComplaint(/404/);
  });

  test('of a workload, which is all of its pods', async () => {
    await open('deployments/default/web');
    await chart('cpu').getByText('now 500m').waitFor();
    await chart('memory').getByText('now 128Mi').waitFor();
  });

  test('of a node, and why there is none of one that is silent', async () => {
    await open('nodes//sim-0');
    await chart('cpu').getByText('allocatable').waitFor();
    const node = await call<Node>(rig.cluster, 'GET', '/api/v1/nodes/sim-2');
    node.metadata.annotations = { ...node.metadata.annotations, 'islet.dev/simulated-unreachable': 'true' };
    await call(rig.cluster, 'PUT', '/api/v1/nodes/sim-2', node);
    await open('nodes//sim-2');
    await page.getByText(/Not measured/).waitFor();
    rig.expectComplaint(/404/);
  });

  test('of all nodes on their page, which looks into the past without it', async () => {
    await page.evaluate(() => {
      location.hash = '#cluster=default&page=nodes';
    });
    const card = page.getByRole('region', { name: 'Use in the last hour' });
    await card
      .getByText(/requested/)
      .first()
      .waitFor();
    await look(page, 'usage-nodes');
    const { metadata } = await call<NodeList>(rig.cluster, 'GET', '/api/v1/nodes');
    await page.evaluate((at) => {
      location.hash = `#cluster=default&page=nodes&at=${at}`;
    }, metadata.resourceVersion);
    await card.getByText('Use is measured now, and not kept for the past.').waitFor();
    await card.getByRole('link', { name: 'Back to now' }).click();
    await card
      .getByText(/requested/)
      .first()
      .waitFor();
    expect(rig.problems).toEqual([]);
  });
});

/** The pixels of the first chart that are coloured. */
function coloursIn(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.usage-chart canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(at, at + 4);
      if (alpha > 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) found++;
    }
    return found;
  });
}
