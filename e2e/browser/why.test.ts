/** Why a pod does not run, in the detail of pods and workloads, in both languages. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { look } from './look.ts';
import { DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

describe.skipIf(skip)('why a pod does not run', () => {
  let rig: DashboardRig;
  let page: Page;

  beforeAll(async () => {
    // A cell of the table behind that changes is lit for a moment, in which its contrast is none of its own.
    rig = await DashboardRig.open({ reducedMotion: 'reduce' });
    page = rig.page;
    const broken = { 'islet.dev/simulated-pull-error': 'manifest unknown: manifest unknown' };
    await call(rig.cluster, 'POST', deploymentsIn('default'), deployment('typo', 3, broken));
    await call(rig.cluster, 'POST', deploymentsIn('default'), deployment('fine', 2));
    await call(rig.cluster, 'POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'too-big' },
      spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '500' } } }] },
    });
    await rig.enter();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const open = (kind: string, name: string) =>
    page.evaluate((hash) => {
      location.hash = hash;
    }, `#cluster=default&page=resources&resource=v1/pods&show=${kind}/default/${name}&tab=Why`);
  const why = () => page.locator('aside .why');

  test('an image that is not there: the reason, and the next step, once for all pods alike', async () => {
    await open('apps/v1/deployments', 'typo');
    await why().getByText('3 pods do not run as they should, for the same reason').waitFor();
    await why().getByText('The registry has no such image or tag').waitFor();
    await why()
      .getByText(/does not run: (ErrImagePull|ImagePullBackOff)/)
      .waitFor();
    await look(page, 'why-workload');
    await why().locator('.names a').first().click();
    await page.getByRole('heading', { name: /^pod\/typo-/ }).waitFor();
    await why().getByText('The registry has no such image or tag').waitFor();
  });

  test('a pod that fits nowhere: each node with its filter, and what helps', async () => {
    await open('v1/pods', 'too-big');
    await why().getByText('pod default/too-big has no node').waitFor();
    await why().getByText('lower resources.requests of its containers').waitFor();
    expect(await why().locator('table.verdicts tbody tr').count()).toBe(3);
    await look(page, 'why-pod');
    await page.getByRole('link', { name: 'Story', exact: true }).click();
    const step = page.getByRole('button', { name: 'Scheduler, pod/too-big not schedulable' });
    await step.click();
    await page.locator('.step-detail table.verdicts').waitFor();
  });

  test('a workload that is well says so', async () => {
    await open('apps/v1/deployments', 'fine');
    await why().getByText('All 2 pods are on nodes, and nothing is wrong.').waitFor();
  });

  test('the same in Chinese', async () => {
    await page.evaluate(() => localStorage.setItem('islet.locale', 'zh'));
    await page.reload();
    // The address is another one only once the page has read the one that it was loaded with.
    await why().getByText('全部 2 个 Pod 都在节点上，没有问题。').waitFor();
    await open('v1/pods', 'too-big');
    await why().getByText('Pod default/too-big 没有节点').waitFor();
    await why().getByText('降低其容器的 resources.requests').waitFor();
    await look(page, 'why-zh');
    expect(rig.problems).toEqual([]);
  });
});
