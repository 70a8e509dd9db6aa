import { afterEach, expect, test, vi } from 'vitest';
import { styleNonce } from './nonce.ts';

afterEach(() => void vi.unstubAllGlobals());

test('the nonce is the one of the page’s own element; without one there is none', () => {
  const found = vi.fn<(selector: string) => { nonce: string } | null>(() => ({ nonce: 'once' }));
  vi.stubGlobal('document', { querySelector: found });
  expect(styleNonce()).toBe('once');
  expect(found).toHaveBeenCalledWith('meta[name="csp-nonce"]');
  found.mockReturnValue(null);
  expect(styleNonce()).toBe('');
});
