/** Keys of commands: one, or several after each other (`g p`), where no text is being typed. */
import { commandsFor } from '../commands.ts';
import { IS_MAC } from './key-labels.tsx';

/** A sequence is given up after so long without a key. */
const PATIENCE_MS = 1_200;

export interface Stroke {
  key: string;
  mod: boolean;
  alt: boolean;
}

/** `mod+k` is Ctrl-K or Cmd-K. Capital letters and signs are what the key gives, so Shift is in them. */
export function strokeText({ key, mod, alt }: Stroke): string {
  const name = key === ' ' ? 'Space' : key;
  return `${mod ? 'mod+' : ''}${alt ? 'alt+' : ''}${mod ? name.toLowerCase() : name}`;
}

/** The shortcut of the strokes so far, oldest first; or that they are the way to some, or to none. */
export function leadsTo(strokes: readonly string[], shortcuts: readonly string[]): string | 'more' | undefined {
  const typed = strokes.join(' ');
  if (shortcuts.includes(typed)) return typed;
  return shortcuts.some((shortcut) => shortcut.startsWith(`${typed} `)) ? 'more' : undefined;
}

/** Runs commands by their keys until the function that it answers with is called. */
export function listenForKeys(): () => void {
  let strokes: string[] = [];
  let last = 0;
  const pressed = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    const mod = IS_MAC ? metaKey : ctrlKey;
    if (event.defaultPrevented || event.isComposing || ['Shift', 'Control', 'Alt', 'Meta'].includes(key)) return;
    if (isTyping(target, key, mod)) return;
    if (!mod && (ctrlKey || metaKey)) return;
    if (event.timeStamp - last > PATIENCE_MS) strokes = [];
    last = event.timeStamp;
    const commands = commandsFor('').filter(({ shortcut }) => shortcut);
    const shortcuts = commands.map(({ shortcut = '' }) => shortcut);
    const stroke = strokeText({ key, mod, alt: altKey });
    let found = leadsTo([...strokes, stroke], shortcuts);
    if (found) strokes.push(stroke);
    else {
      strokes = [stroke];
      found = leadsTo(strokes, shortcuts);
    }
    if (!found) strokes = [];
    if (!found || found === 'more') return;
    strokes = [];
    event.preventDefault();
    commands.find(({ shortcut }) => shortcut === found)?.run();
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}

/** A place that takes the key: a field, an editor, a terminal; a list of choices takes letters and digits alone. */
function isTyping(target: EventTarget | null, key: string, mod: boolean): boolean {
  const places = ['[data-keys="own"]'];
  if (!mod) places.push('input, textarea, [contenteditable]');
  if (!mod && /^\w/.test(key)) places.push('select');
  // Cmd is nothing to a terminal.
  return !(mod && IS_MAC) && target instanceof Element && target.closest(places.join()) !== null;
}
