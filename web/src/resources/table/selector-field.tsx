/** A selector that the server evaluates, once it is typed to its end: Enter, or leaving the field. */
import { useEffect, useState } from 'preact/hooks';

interface SelectorFieldProps {
  label: string;
  example: string;
  value: string | undefined;
  onChange(text: string | undefined): void;
}

export function SelectorField({ label, example, value, onChange }: SelectorFieldProps) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const done = (): void => {
    if (text.trim() !== (value ?? '')) onChange(text.trim() || undefined);
  };
  return (
    <input
      type="search"
      class="selector mono"
      aria-label={label}
      title={`${label}: ${example}`}
      placeholder={label}
      spellcheck={false}
      autocomplete="off"
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={done}
      onKeyDown={({ key }) => key === 'Enter' && done()}
      // The cross of a search field empties it.
      onSearch={({ currentTarget }) => (currentTarget as HTMLInputElement).value === '' && onChange(undefined)}
    />
  );
}
