import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWeb, type WebBuild } from './web.ts';

const WEB = join(import.meta.dirname, '..', '..', 'web');

describe('the built dashboard', () => {
  const out = mkdtempSync(join(tmpdir(), 'islet-web-'));
  const assets = join(out, 'assets');
  let built: WebBuild;
  const scripts = () => readdirSync(assets).filter((name) => name.endsWith('.js'));

  beforeAll(async () => {
    built = await buildWeb(WEB, out);
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test('its first page loads less than 200 kB of compressed JavaScript', () => {
    expect(built.firstPageBytes).toBeGreaterThan(10_000);
    expect(built.firstPageBytes).toBeLessThan(200_000);
  });

  test('what the page names is there, with a hash in its name, and what is loaded first is told beforehand', () => {
    const page = readFileSync(join(out, 'index.html'), 'utf8');
    const named = [...page.matchAll(/"\/assets\/([^"]+)"/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(2);
    for (const name of named) {
      expect(name).toMatch(/-[A-Z0-9]{8}\.(js|css)$/);
      expect(readdirSync(assets)).toContain(name);
    }
    expect(page).toMatch(/modulepreload" href="\/assets\/overview-page-/);
    // A slow line waits for no code before something is seen.
    expect(page).toMatch(/<div id="app"><p [^>]+>Islet<\/p>/);
  });

  test('a part that is loaded later brings its sheet with it, as a constructed one', () => {
    const palette = scripts().find((name) => name.startsWith('palette-'));
    expect(palette).toBeDefined();
    const texts = scripts().map((name) => readFileSync(join(assets, name), 'utf8'));
    expect(texts.some((text) => text.includes('new CSSStyleSheet') && text.includes('.palette'))).toBe(true);
    expect(readdirSync(assets).filter((name) => name.endsWith('.css'))).toHaveLength(1);
  });

  test('nothing writes a style attribute or evaluates a text: the page’s policy refuses both', () => {
    for (const name of scripts()) {
      const text = readFileSync(join(assets, name), 'utf8');
      // A method may be called so: `eval(input,pos){…}`, `prefilter.eval(…)`.
      const found = text.match(/setAttribute\(["']style["']|(?<![.\w$])eval\((?![\w$,]*\)\{)|new Function\(/g);
      expect([name, found]).toEqual([name, null]);
    }
  });
});
