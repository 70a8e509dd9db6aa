import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/** Files that are dropped on the editor, or pasted. A text is dropped where it falls, as always. */
export function dropped(take: (files: readonly File[]) => void): Extension {
  const files = (event: Event, data: DataTransfer | null): boolean => {
    const given = [...(data?.files ?? [])];
    if (given.length === 0) return false;
    event.preventDefault();
    take(given);
    return true;
  };
  return EditorView.domEventHandlers({
    drop: (event) => files(event, event.dataTransfer),
    paste: (event) => files(event, event.clipboardData),
  });
}
