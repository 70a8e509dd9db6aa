/** A shortcut as keys: `g p` → G then P. */
export const IS_MAC = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');
const SIGNS: Readonly<Record<string, string>> = {
  mod: IS_MAC ? '⌘' : 'Ctrl',
  alt: IS_MAC ? '⌥' : 'Alt',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

/** The keys that are pressed after each other, each as the signs that are pressed at once. */
export function keySigns(shortcut: string): string[][] {
  return shortcut.split(' ').map((stroke) => stroke.split(/\+(?=.)/).map((name) => SIGNS[name] ?? capital(name)));
}

function capital(name: string): string {
  return name.length === 1 && name === name.toLowerCase() ? name.toUpperCase() : name;
}

export function KeyLabels({ shortcut }: { shortcut: string }) {
  return (
    <span class="keys">
      {keySigns(shortcut).map((signs, index) => (
        <kbd key={index}>{signs.join(IS_MAC ? '' : ' ')}</kbd>
      ))}
    </span>
  );
}
