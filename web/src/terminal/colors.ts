/** The colours of a terminal: the page's own for text and ground, and the sixteen of ANSI for either. */
import type { ITheme } from '@xterm/xterm';

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const LIGHT = ['#24292f', '#b3261e', '#146c2e', '#8a5300', '#0b57d0', '#8e24aa', '#006a6a', '#5f6b73'];
const LIGHT_BRIGHT = ['#56636b', '#d32f2f', '#1b873f', '#a86400', '#1a73e8', '#ab47bc', '#00838f', '#182024'];
const DARK = ['#3b464d', '#f28b82', '#6dd58c', '#fbc96b', '#8ab4f8', '#d7a3f0', '#5fd6d0', '#c9d1d6'];
const DARK_BRIGHT = ['#6d7880', '#ffb4ab', '#9ff0b5', '#ffe0a3', '#b4cffb', '#ebcbfb', '#9aefe9', '#ffffff'];

/** As the page's variables are where the element stands. */
export function terminalColors(element: HTMLElement): ITheme {
  const color = (value: string): string => {
    const probe = document.createElement('span');
    probe.style.color = value;
    element.append(probe);
    const resolved = getComputedStyle(probe).color;
    probe.remove();
    return resolved;
  };
  const isDark = color('light-dark(black, white)') !== 'rgb(0, 0, 0)';
  const [plain, bright] = isDark ? [DARK, DARK_BRIGHT] : [LIGHT, LIGHT_BRIGHT];
  const named = NAMES.flatMap((name, index) => [
    [name, plain[index]],
    [`bright${name[0]?.toUpperCase()}${name.slice(1)}`, bright[index]],
  ]);
  return {
    ...Object.fromEntries(named),
    background: color('var(--surface)'),
    foreground: color('var(--text)'),
    cursor: color('var(--accent)'),
    cursorAccent: color('var(--surface)'),
    selectionBackground: isDark ? '#2d5a56' : '#b9e3de',
    scrollbarSliderBackground: isDark ? '#6d788080' : '#878f9580',
  };
}
