/** A port of a pod and of a Service opens from the page, at a site of its own, and closes there. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { joinNode, PODS, type Seen, ServingNode, skip as skipNode } from '../workerd/serving-node.ts';
import { look } from './look.ts';
import { DashboardRig, skip } from './rig.ts';

/** What the pod's page says once its script, its cookie and its WebSocket have worked. */
const PAGE = `<title>Shop</title><h1></h1><script>
  document.cookie = 'basket=1';
  const socket = new WebSocket('ws://' + location.host + '/live');
  socket.onopen = () => socket.send('shop');
  socket.onmessage = ({ data }) => { document.querySelector('h1').textContent = data + ', ' + document.cookie; };
</script>`;

describe.skipIf(skip ?? skipNode)('ports', () => {
  let rig: DashboardRig;
  let page: Page;
  let node: ServingNode;
  const seen: Seen[] = [];
  const open = (hash: string) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  const opened = async (press: () => Promise<void>): Promise<Page> => {
    const coming = page.context().waitForEvent('page');
    await press();
    const tab = await coming;
    await tab.getByRole('heading', { name: 'echo shop, basket=1' }).waitFor();
    return tab;
  };

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    node = await ServingNode.open(await joinNode(rig.cluster), ({ method = '', url = '', headers }, response) => {
      seen.push({ method, url, headers });
      response.setHeader('content-type', 'text/html').end(url === '/' ? PAGE : '');
    });
    await node.pod(rig.cluster, 'shop');
    const spec = { selector: { app: 'shop' }, ports: [{ name: 'http', port: 80, targetPort: node.port }] };
    await call(rig.cluster, 'POST', '/api/v1/namespaces/default/services', { metadata: { name: 'shop' }, spec });
    const still = { nodeName: 'sim-0', containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] };
    await call(rig.cluster, 'POST', PODS, { metadata: { name: 'still' }, spec: still });
    await rig.enter();
  });
  afterAll(async () => {
    await node?.[Symbol.asyncDispose]();
    await rig?.[Symbol.asyncDispose]();
  });

  test('a pod’s port opens in a tab; its page sees nothing of the dashboard, and closes here', async () => {
    await open('#show=pods/default/shop');
    await page.getByText(`kubectl port-forward pod/shop ${node.port} -n default`).waitFor();
    const tab = await opened(() => page.getByRole('button', { name: `Open ${node.port} in a new tab` }).click());
    const { origin } = new URL(tab.url());
    expect(origin).toMatch(/^http:\/\/islet-\w+-[a-z2-7]{20}\.localhost:\d+$/);
    expect(tab.url()).toBe(`${origin}/`);
    expect(await tab.evaluate(() => window.opener)).toBeNull();
    for (const { headers } of seen) expect(headers.cookie ?? '').not.toMatch(/islet/);
    await page.getByRole('link', { name: origin }).waitFor();
    await look(page, 'ports');
    await page.getByRole('button', { name: `Close ${node.port}` }).click();
    await page.getByRole('link', { name: origin }).waitFor({ state: 'detached' });
    await tab.reload();
    await tab.getByText('This port is not open in this browser').waitFor();
    await tab.close();
  });

  test('a Service’s port opens from the menu of its actions, at another site, and is on the account’s page', async () => {
    await open('#show=services/default/shop');
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Open a port' }).click();
    const dialog = page.getByRole('dialog', { name: 'Open a port: shop' });
    await dialog.getByText('kubectl port-forward service/shop 8080:80 -n default').waitFor();
    const tab = await opened(() => dialog.getByRole('button', { name: 'Open 80 in a new tab' }).click());
    await tab.close();
    await look(page, 'ports-dialog');
    await open('#page=account');
    await page.getByRole('link', { name: 'default/service/shop:80' }).waitFor();
    await look(page, 'ports-account');
    await page.getByRole('button', { name: 'Close shop:80' }).click();
    await page.getByText('No port is open.').waitFor();
    // The page's WebSocket was a stream.
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('Streams today').scrollIntoViewIfNeeded();
    await page.getByText('1 min, no limit').waitFor();
    await look(page, 'streams-account');
  });

  test('where nothing can answer, no tab is opened', async () => {
    await open('#show=pods/default/still');
    await page.getByText('On a simulated node no container runs, so nothing answers here').waitFor();
    await page.getByText('kubectl port-forward pod/still 8080:80 -n default').waitFor();
    expect(await page.getByRole('button', { name: 'Open 80 in a new tab' }).count()).toBe(0);
    expect(rig.problems).toEqual([]);
  });
});
