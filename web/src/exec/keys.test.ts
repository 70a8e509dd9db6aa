import { expect, test, vi } from 'vitest';
import { keysOf } from './keys.ts';

const writeText = vi.fn();
vi.stubGlobal('navigator', { clipboard: { writeText } });

function press(key: string, marked: string, more: object = {}) {
  const terminal = { hasSelection: () => marked !== '', getSelection: () => marked, clearSelection: vi.fn() };
  const event = { type: 'keydown', key, ctrlKey: true, preventDefault: vi.fn(), ...more } as unknown as KeyboardEvent;
  return { taken: keysOf(event, terminal), prevented: vi.mocked(event.preventDefault).mock.calls.length > 0 };
}

test('Ctrl-C interrupts, or copies what is marked; Ctrl-V is the browser’s', () => {
  expect(press('c', '')).toEqual({ taken: true, prevented: false });
  expect(writeText).not.toHaveBeenCalled();
  expect(press('c', 'text')).toEqual({ taken: false, prevented: true });
  expect(writeText).toHaveBeenCalledWith('text');
  expect(press('C', '', { shiftKey: true })).toEqual({ taken: false, prevented: true });
  expect(press('v', '')).toEqual({ taken: false, prevented: false });
  expect(press('d', '').taken).toBe(true);
  expect(press('c', 'text', { ctrlKey: false }).taken).toBe(true);
});
