/**
 * The nonce that style elements of this page are allowed by (`worker/routes/assets.ts`): for libraries that make some,
 * such as CodeMirror (`EditorView.cspNonce.of(styleNonce())`).
 */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce ?? '';
}
