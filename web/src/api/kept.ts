/** Choices of a person that this browser keeps. Where it keeps nothing (cookies blocked), they last as long as the page. */
import { type Signal, signal } from '@preact/signals';

/**
 * A signal that is kept under `islet.NAME`. `read` makes a value of the kept text, or of null where there is none; a
 * value of `undefined` is not kept. Other pages of the same browser follow.
 */
export function kept<T>(
  name: string,
  read: (text: string | null) => T,
  write: (value: T) => string | undefined,
): Signal<T> {
  const key = `islet.${name}`;
  const value = signal(read(load(key)));
  let last = write(value.value);
  value.subscribe((next) => {
    const text = write(next);
    if (text === last) return;
    last = text;
    store(key, text);
  });
  globalThis.window?.addEventListener('storage', (event) => {
    if (event.key === key) value.value = read(event.newValue);
  });
  return value;
}

function load(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, text: string | undefined): void {
  try {
    if (text === undefined) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, text);
  } catch {
    // It lasts as long as the page.
  }
}
