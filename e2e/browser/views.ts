/** What there is to see on the dashboard: looked at by axe-core, measured on a phone, and photographed. */
import type { Page } from 'playwright-core';
import { pages } from '../../web/src/ui/pages.ts';

export interface View {
  name: string;
  /** Behind `#cluster=default`. */
  place: string;
  /** Of what is there once it is drawn. */
  until?: string;
  /** Opens what has no place of its own. */
  open?(page: Page): Promise<void>;
}

const overviewWith = (what: string) => `&show=${what}`;

/** Of pages that take a moment. */
const UNTIL: Readonly<Record<string, string>> = { resources: 'tr.row', map: 'svg.map .box' };

export const views: readonly View[] = [
  ...pages.map(({ name }) => ({
    name,
    place: name === 'overview' ? '' : `&page=${name}`,
    until: UNTIL[name],
  })),
  { name: 'namespace', place: '&namespace=shop' },
  { name: 'namespace-empty', place: '&namespace=default' },
  { name: 'pod', place: overviewWith('pods/shop/broken'), until: 'aside.drawer' },
  { name: 'pod-why', place: `${overviewWith('pods/shop/too-big')}&tab=Why`, until: 'table.verdicts' },
  { name: 'pod-yaml', place: `${overviewWith('pods/shop/broken')}&tab=YAML`, until: '.cm-content' },
  { name: 'deployment', place: overviewWith('deployments/shop/frontend'), until: 'aside.drawer' },
  { name: 'story', place: `${overviewWith('deployments/shop/frontend')}&tab=Story`, until: 'aside .way-picture' },
  { name: 'node', place: overviewWith('nodes//sim-0'), until: 'aside.drawer' },
  { name: 'resources-shop', place: '&page=resources&resource=apps/v1/deployments&namespace=shop', until: 'tr.row' },
  {
    name: 'resources-detail',
    place: '&page=resources&resource=apps/v1/deployments&show=apps/v1/deployments/shop/frontend',
    until: '.frame:has(tr.row) ~ aside.drawer dl, .frame:has(tr.row) aside.drawer dl',
  },
  {
    name: 'map-tab',
    place: '&page=map&namespace=shop&show=v1/services/shop/frontend&tab=Map',
    until: 'aside.drawer svg.map .box',
  },
  { name: 'account', place: '&page=account', until: '.account section + section li' },
  { name: 'clusters', place: '&page=clusters', until: '.clusters .rows li' },
  { name: 'palette', place: '', until: 'dialog [role=option]', open: (page) => page.keyboard.press('Control+k') },
  { name: 'help', place: '', until: 'dialog.help', open: (page) => page.keyboard.press('?') },
  {
    name: 'settings',
    place: '',
    until: '[role=menu]',
    open: (page) => page.locator('header.top button[aria-haspopup=menu]').last().click(),
  },
];

/** The page is to be signed in. */
export async function show(page: Page, { place, until, open }: View): Promise<void> {
  // What the view before opened: each Escape ends one thing.
  for (let opened = 0; opened < 3; opened++) await page.keyboard.press('Escape');
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#cluster=default${place}`);
  await page.locator('main > :not(.loading, h1)').first().waitFor();
  await page.waitForLoadState('networkidle');
  await open?.(page);
  if (until) await page.locator(until).first().waitFor();
}
