/** The actions of tables: each has the effect of the kubectl line beside it, and the real kubectl takes that line. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { eventually } from '../eventually.ts';
import { findKubectl } from '../kubectl/find-kubectl.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { ResourcesView } from './resources-view.ts';
import { DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

const WEB = `${deploymentsIn('shop')}/web`;
const BUDGETS = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets';
const CRON_JOBS = '/apis/batch/v1/namespaces/shop/cronjobs';
const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';
const AWAKE = { 'islet.dev/simulated-exit-after': '3600' };

const cronJob = {
  metadata: { name: 'backup' },
  spec: {
    schedule: '0 0 1 1 *',
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } },
    },
  },
};
const alone = {
  metadata: { name: 'alone', annotations: AWAKE },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
};
const budget = { metadata: { name: 'tight' }, spec: { minAvailable: 3, selector: { matchLabels: { app: 'web' } } } };

interface Seen extends KubeObject {
  spec: {
    replicas?: number;
    paused?: boolean;
    unschedulable?: boolean;
    suspend?: boolean;
    template?: { metadata?: { annotations?: Record<string, string> }; spec: { containers: { image: string }[] } };
  };
}

const kubectl = await findKubectl();
const reason = skip ?? ('skip' in kubectl ? kubectl.skip : undefined);

describe.skipIf(reason)('what can be done with objects', () => {
  let rig: DashboardRig;
  let view: ResourcesView;
  let page: Page;
  /** The kubectl lines that were shown. */
  const lines: string[] = [];
  const get = (path: string) => call<Seen>(rig.cluster, 'GET', path);

  /** Opens the detail of a row, and an action of its menu. */
  async function start(resource: string, name: string, action: string, more = ''): Promise<void> {
    const rows = await view.table(resource, more);
    await rows.getByRole('link', { name, exact: true }).click();
    await view.drawer.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
    await view.dialog.locator('.kubectl code').waitFor();
  }

  /** Presses the dialog's button, once the line of kubectl was read. */
  async function finish(button: string): Promise<string> {
    const line = (await view.dialog.locator('.kubectl code').textContent()) ?? '';
    lines.push(line);
    await view.dialog.getByRole('button', { name: button, exact: true }).click();
    await view.dialog.waitFor({ state: 'detached' });
    if (await view.drawer.isVisible()) await page.keyboard.press('Escape');
    return line;
  }

  beforeAll(async () => {
    rig = await DashboardRig.open();
    view = await ResourcesView.of(rig);
    page = rig.page;
    const { cluster } = rig;
    await call(cluster, 'POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    await call(cluster, 'POST', deploymentsIn('shop'), deployment('web', 2));
    await call(cluster, 'POST', CRON_JOBS, cronJob);
    await page.goto(rig.address);
    await page.getByText('2/2 ready').first().waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('scale', async () => {
    await start('apps/v1/deployments', 'web', 'Scale');
    await view.dialog.getByRole('spinbutton').fill('-1');
    await view.dialog.getByRole('alert').getByText('--replicas=COUNT').waitFor();
    await view.dialog.getByRole('spinbutton').fill('3');
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'action-scale');
    expect(await finish('Scale')).toBe('kubectl scale deployment/web --replicas=3 -n shop');
    expect((await get(WEB)).spec.replicas).toBe(3);
    await page.locator('table.grid').getByText('3/3').waitFor();
  });

  test('restart, pause and resume', async () => {
    await start('apps/v1/deployments', 'web', 'Restart');
    expect(await finish('Restart')).toBe('kubectl rollout restart deployment/web -n shop');
    const { template } = (await get(WEB)).spec;
    expect(template?.metadata?.annotations?.['kubectl.kubernetes.io/restartedAt']).toMatch(/^\d{4}-.*Z$/);
    await start('apps/v1/deployments', 'web', 'Pause');
    await finish('Pause');
    expect((await get(WEB)).spec.paused).toBe(true);
    await start('apps/v1/deployments', 'web', 'Resume');
    expect(await finish('Resume')).toBe('kubectl rollout resume deployment/web -n shop');
    expect((await get(WEB)).spec.paused).toBeUndefined();
  });

  test('roll back to a revision that is chosen from the history', async () => {
    await view.kubectl('set image deployment/web nginx=nginx:broken -n shop');
    await eventually(async () => {
      const { metadata } = await get(WEB);
      expect(metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    });
    await start('apps/v1/deployments', 'web', 'Roll back');
    await view.dialog.getByText('nginx:broken').waitFor();
    await view.dialog.getByRole('radio', { name: /Revision 1/ }).check();
    await view.dialog.getByText('Its pod template').click();
    await screenshot(page, 'action-undo');
    expect(await finish('Roll back')).toBe('kubectl rollout undo deployment/web --to-revision=1 -n shop');
    const { spec } = await get(WEB);
    expect(spec.template?.spec.containers[0]?.image).toBe('nginx:1.14.2');
    expect(spec.template?.metadata?.annotations).toBeUndefined();
  });

  test('edit labels', async () => {
    await view.table('apps/v1/deployments');
    await page.locator('table.grid').getByRole('link', { name: 'web' }).click();
    await view.drawer.getByRole('button', { name: 'Edit: Labels' }).click();
    await view.dialog.getByRole('button', { name: 'Add' }).click();
    await view.dialog.getByRole('textbox', { name: 'Key' }).last().fill('tier');
    await view.dialog.getByPlaceholder('Value').last().fill('front');
    await screenshot(page, 'action-labels');
    expect(await finish('Save')).toBe('kubectl label deployment/web tier=front -n shop');
    expect((await get(WEB)).metadata.labels).toEqual({ app: 'web', tier: 'front' });
  });

  test('suspend, resume and run a CronJob', async () => {
    await start('batch/v1/cronjobs', 'backup', 'Suspend');
    await finish('Suspend');
    expect((await get(`${CRON_JOBS}/backup`)).spec.suspend).toBe(true);
    await start('batch/v1/cronjobs', 'backup', 'Resume');
    await finish('Resume');
    expect((await get(`${CRON_JOBS}/backup`)).spec.suspend).toBe(false);
    await start('batch/v1/cronjobs', 'backup', 'Run now');
    await view.dialog.getByRole('textbox', { name: 'Name of the Job' }).fill('by-hand');
    expect(await finish('Run now')).toBe('kubectl create job by-hand --from=cronjob/backup -n shop');
    const job = await get('/apis/batch/v1/namespaces/shop/jobs/by-hand');
    expect(job.metadata.ownerReferences).toMatchObject([{ kind: 'CronJob', name: 'backup' }]);
    expect(job.metadata.annotations).toMatchObject({ 'cronjob.kubernetes.io/instantiate': 'manual' });
  });

  test('cordon, and drain with what stands in the way', async () => {
    await start('v1/nodes', 'sim-0', 'Cordon');
    expect(await finish('Cordon')).toBe('kubectl cordon sim-0');
    expect((await get('/api/v1/nodes/sim-0')).spec.unschedulable).toBe(true);
    await start('v1/nodes', 'sim-0', 'Uncordon');
    await finish('Uncordon');
    await call(rig.cluster, 'POST', '/api/v1/namespaces/shop/pods', {
      ...alone,
      spec: { ...alone.spec, nodeName: 'sim-0' },
    });
    await call(rig.cluster, 'POST', BUDGETS, budget);
    // All pods of the Deployment are on the node that is drained.
    for (const name of ['sim-1', 'sim-2']) await view.kubectl(`cordon ${name}`);
    await view.kubectl('rollout restart deployment/web -n shop');
    await view.kubectl('rollout status deployment/web -n shop');
    for (const name of ['sim-1', 'sim-2']) await view.kubectl(`uncordon ${name}`);
    await start('v1/nodes', 'sim-0', 'Drain');
    await view.dialog.getByText('cannot delete Pods that declare no controller (use --force to override)').waitFor();
    await view.dialog.getByText('shop/alone').waitFor();
    await view.dialog.getByText('The PodDisruptionBudget tight allows no eviction now').waitFor();
    const drain = view.dialog.getByRole('button', { name: 'Drain', exact: true });
    expect(await drain.isDisabled()).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'action-drain');
    await view.dialog.getByRole('checkbox', { name: 'Evict pods that nothing makes anew' }).check();
    const line = await view.dialog.locator('.kubectl code').textContent();
    expect(line).toBe('kubectl drain sim-0 --ignore-daemonsets --force');
    await drain.click();
    await view.dialog.getByText("Cannot evict pod as it would violate the pod's disruption budget.").first().waitFor();
    await screenshot(page, 'action-draining');
    await call(rig.cluster, 'DELETE', `${BUDGETS}/tight`);
    await view.dialog.getByText('The node sim-0 is drained.').waitFor({ timeout: 30_000 });
    await view.dialog.getByRole('button', { name: 'Close' }).last().click();
    expect(await view.kubectl('get pods -A --field-selector spec.nodeName=sim-0 -o name')).toBe('');
    await page.keyboard.press('Escape');
    rig.expectComplaint(/status of 429/);
  });

  test('delete several at once, chosen in their table', async () => {
    for (const name of ['a', 'b', 'c']) await call(rig.cluster, 'POST', CONFIG_MAPS, { metadata: { name } });
    const rows = await view.table('v1/configmaps', '&namespace=shop');
    await rows.filter({ hasText: /^a/ }).getByRole('checkbox').click();
    await rows
      .filter({ hasText: /^c/ })
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    await page.getByText('3 chosen').waitFor();
    await rows.filter({ hasText: /^b/ }).getByRole('checkbox').click();
    await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
    await screenshot(page, 'action-delete');
    await view.dialog.getByRole('combobox').selectOption('Foreground');
    expect(await finish('Delete')).toBe('kubectl delete configmap/a configmap/c --cascade=foreground -n shop');
    await rows.filter({ hasText: /^c/ }).waitFor({ state: 'detached' });
    await rows.filter({ hasText: /^b/ }).waitFor();
    await page.getByText('2 chosen').waitFor({ state: 'detached' });
  });

  test('a change that the server refuses stays in its dialog, in the server’s words', async () => {
    await view.table('apps/v1/deployments');
    await page.locator('table.grid').getByRole('link', { name: 'web' }).click();
    await view.drawer.getByRole('button', { name: 'Edit: Labels' }).click();
    await view.dialog.getByRole('button', { name: 'Add' }).click();
    await view.dialog.getByRole('textbox', { name: 'Key' }).last().fill('not a key');
    await view.dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await view.dialog.getByRole('alert').getByText('name part must consist of alphanumeric characters').waitFor();
    await page.keyboard.press('Escape');
    rig.expectComplaint(/status of 422/);
  });

  test('each line that was shown is one that kubectl takes', async () => {
    await call(rig.cluster, 'POST', CONFIG_MAPS, { metadata: { name: 'a' } });
    await call(rig.cluster, 'POST', CONFIG_MAPS, { metadata: { name: 'c' } });
    await call(rig.cluster, 'DELETE', '/apis/batch/v1/namespaces/shop/jobs/by-hand');
    expect(lines.length).toBeGreaterThan(9);
    for (const line of lines) {
      // A revision that was gone back to has another number from then on; 0 is the one before.
      const words = line.replace(/^kubectl /, '').replace('--to-revision=1', '--to-revision=0');
      // A label that is there already is not set again without being told to.
      await view.kubectl(words.startsWith('label') ? `${words} --overwrite` : words);
    }
  });

  test('an operator’s object is looked for in all kinds, and a label leads to all that have it', async () => {
    const { uid } = (await get(WEB)).metadata;
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid };
    await call(rig.cluster, 'POST', CONFIG_MAPS, { metadata: { name: 'owned', ownerReferences: [owner] } });
    const rows = await view.table('apps/v1/deployments');
    await rows.getByRole('link', { name: 'web', exact: true }).click();
    await view.drawer.getByRole('link', { name: 'Related' }).click();
    await view.drawer.getByRole('button', { name: 'Look through all kinds for what it owns' }).click();
    const owned = view.drawer.getByRole('region', { name: 'Owned by it, of all kinds' });
    await owned.getByRole('link', { name: 'configmap/owned' }).waitFor();
    await view.drawer.getByRole('link', { name: 'Summary' }).click();
    await view.drawer.getByRole('link', { name: 'front', exact: true }).click();
    await page.getByText('1 object', { exact: true }).waitFor();
    expect(await page.getByRole('searchbox', { name: 'Label selector' }).inputValue()).toBe('tier=front');
  });

  test('the same can be done from the overview', async () => {
    await page.evaluate(() => {
      location.hash = '#cluster=default&show=deployments/shop/web';
    });
    await view.drawer.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Scale', exact: true }).click();
    await view.dialog.getByRole('spinbutton').fill('1');
    await finish('Scale');
    expect((await get(WEB)).spec.replicas).toBe(1);
  });

  test('what RBAC does not allow is not offered for a try, and says why', async () => {
    // The page's session is its owner's: the answer about rights is a viewer's instead.
    const resourceRules = [{ verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] }];
    await page.route('**/selfsubjectrulesreviews', (route) => route.fulfill({ json: { status: { resourceRules } } }));
    await page.reload();
    const rows = await view.table('apps/v1/deployments');
    await rows.getByRole('checkbox').first().click();
    const button = page.getByRole('toolbar').getByRole('button', { name: 'Delete' });
    await expect.poll(() => button.getAttribute('aria-disabled')).toBe('true');
    expect(await button.getAttribute('title')).toContain('delete deployments.apps');
    await rows.getByRole('link', { name: 'web', exact: true }).click();
    await view.drawer.getByText('Labels').waitFor();
    await expect.poll(() => view.drawer.getByRole('button', { name: 'Edit: Labels' }).count()).toBe(0);
    await view.drawer.getByRole('button', { name: 'Actions' }).click();
    const scale = page.getByRole('menuitem', { name: 'Scale' });
    await expect.poll(() => scale.getAttribute('title')).toContain('patch deployments.apps/scale');
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'action-refused');
    await page.unroute('**/selfsubjectrulesreviews');
  });

  test('the page itself reported no problem', () => {
    expect(rig.problems).toEqual([]);
  });
});
