/**
 * An xterm.js terminal in the page's colours, as large as its element, that the page's Content-Security-Policy allows.
 * To be imported by code that is loaded when it is needed.
 */
import { effect } from '@preact/signals';
import { FitAddon } from '@xterm/addon-fit';
import { type ITerminalOptions, Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { styleNonce } from '../style/nonce.ts';
import { theme } from '../ui/theme.ts';
import { terminalColors } from './colors.ts';
import './terminal.css';
import { withNonce } from './with-nonce.ts';

export interface OpenTerminal {
  terminal: Terminal;
  dispose(): void;
}

/** `element` is to have a height of its own. Keys go to the terminal alone, not to the page's commands. */
export function openTerminal(element: HTMLElement, options: ITerminalOptions = {}): OpenTerminal {
  element.classList.add('terminal-place');
  element.dataset.keys = 'own';
  const { fontFamily, fontSize } = getComputedStyle(element);
  const terminal = new Terminal({
    fontFamily,
    fontSize: Number.parseFloat(fontSize),
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    minimumContrastRatio: 4.5,
    scrollback: 5_000,
    ...options,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = (): void => {
    terminal.options.theme = terminalColors(element);
  };
  withNonce(document, styleNonce(), () => terminal.open(element));
  const stop = effect(() => {
    theme.value;
    paint();
  });
  dark.addEventListener('change', paint);
  // A hidden element has no size to fit into.
  const sized = new ResizeObserver(() => element.clientWidth > 0 && fit.fit());
  sized.observe(element);
  return {
    terminal,
    dispose: () => {
      sized.disconnect();
      dark.removeEventListener('change', paint);
      stop();
      terminal.dispose();
    },
  };
}
