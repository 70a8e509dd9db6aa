/** A text of an object as it may stand in a terminal: escapes would move its cursor and hide what else is printed. */
export function escapeTerminal(text: string): string {
  return text.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');
}
