/** Copy and paste where a terminal needs the same keys: Ctrl-C copies what is marked, and interrupts otherwise. */
interface Marked {
  hasSelection(): boolean;
  getSelection(): string;
  clearSelection(): void;
}

/** Whether the terminal takes the key. */
export function keysOf(event: KeyboardEvent, terminal: Marked): boolean {
  if (event.type !== 'keydown' || !event.ctrlKey || event.altKey || event.metaKey) return true;
  const key = event.key.toLowerCase();
  if (key === 'c' && terminal.hasSelection()) {
    void navigator.clipboard?.writeText(terminal.getSelection());
    terminal.clearSelection();
    event.preventDefault();
    return false;
  }
  // With Shift and nothing marked, browsers would open their tools.
  if (key === 'c' && event.shiftKey) {
    event.preventDefault();
    return false;
  }
  // The browser pastes, and the terminal hears of that.
  return key !== 'v';
}
