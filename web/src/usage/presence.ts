/** Whether a person looks at the page: it is in front, and a hand was on it in the last minutes. */
const QUIET_MS = 300_000;
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart', 'focus'] as const;

let last = Date.now();
const returned = new Set<() => void>();

export function isLookedAt(now: number): boolean {
  return document.visibilityState === 'visible' && now - last < QUIET_MS;
}

/** Calls when a person comes back to the page. Returns what ends it. */
export function onReturn(call: () => void): () => void {
  returned.add(call);
  return () => returned.delete(call);
}

function seen(): void {
  const now = Date.now();
  const was = now - last < QUIET_MS;
  last = now;
  if (!was) for (const call of returned) call();
}

for (const sign of SIGNS) window.addEventListener(sign, seen, { capture: true, passive: true });
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  last = Date.now();
  for (const call of returned) call();
});
