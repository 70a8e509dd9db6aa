/**
 * Style elements that are made while `make` runs carry the nonce: xterm.js makes its own when it opens, and has no
 * setting for one.
 */
export function withNonce(document: Document, nonce: string, make: () => void): void {
  const create = document.createElement;
  document.createElement = ((...args: Parameters<typeof create>) => {
    const element = create.apply(document, args);
    if (args[0] === 'style') element.nonce = nonce;
    return element;
  }) as typeof create;
  try {
    make();
  } finally {
    // The document's own is its prototype's.
    Reflect.deleteProperty(document, 'createElement');
  }
}
