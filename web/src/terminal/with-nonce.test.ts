import { expect, test } from 'vitest';
import { withNonce } from './with-nonce.ts';

class Made {
  createElement(name: string) {
    return { name, nonce: '' };
  }
}

test('style elements carry the nonce, others none, and afterwards no element does', () => {
  const document = new Made() as unknown as Document;
  const made: unknown[] = [];
  withNonce(document, 'once', () => made.push(document.createElement('style'), document.createElement('div')));
  expect(made).toMatchObject([{ nonce: 'once' }, { nonce: '' }]);
  expect(document.createElement('style').nonce).toBe('');
});

test('also when it fails to open', () => {
  const document = new Made() as unknown as Document;
  const fail = () => {
    throw new Error('no place');
  };
  expect(() => withNonce(document, 'once', fail)).toThrow('no place');
  expect(document.createElement('style').nonce).toBe('');
});
