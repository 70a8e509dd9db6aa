/** A button that opens a list of commands, moved through with the arrow keys. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

export interface MenuItem {
  title: string;
  /** The heading of the items from here on. */
  heading?: string;
  /** One of several choices: whether it is the present one. */
  checked?: boolean;
  danger?: boolean;
  /** The reason why it can't be done now. */
  disabled?: string;
  run(): void;
}

interface MenuProps {
  label: string;
  items: readonly MenuItem[];
  /** The content of the button: its label when left out, which screen readers say in any case. */
  children?: ComponentChildren;
  class?: string;
}

/** Space between the button, the list and the edge of the window, in pixels. */
const GAP = 4;

export function Menu({ label, items, children, class: name = 'button' }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  return (
    <>
      <button
        ref={button}
        type="button"
        class={name}
        aria-label={children === undefined ? undefined : label}
        title={children === undefined ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children ?? label}
      </button>
      {open && <List id={id} label={label} items={items} button={button.current} close={() => setOpen(false)} />}
    </>
  );
}

interface ListProps {
  id: string;
  label: string;
  items: readonly MenuItem[];
  button: HTMLButtonElement | null;
  close(): void;
}

function List({ id, label, items, button, close }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !button) return;
    element.showPopover();
    place(element, button);
    choices(element)[0]?.focus();
  }, []);
  useEffect(() => {
    // A click elsewhere closes it; one on the button would open it again.
    const outside = ({ target }: Event): void => {
      if (!list.current?.contains(target as Node) && !button?.contains(target as Node)) close();
    };
    document.addEventListener('pointerdown', outside, true);
    window.addEventListener('resize', close);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('resize', close);
    };
  }, []);
  const leave = (): void => {
    button?.focus();
    close();
  };
  const keys = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const all = choices(event.currentTarget as HTMLElement);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const step = steps[event.key];
    if (step !== undefined) all.at(step % all.length)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') leave();
    else if (event.key.length === 1) startingWith(all, at, event.key)?.focus();
    if (step !== undefined || event.key === 'Escape') event.preventDefault();
  };
  return (
    <div ref={list} id={id} class="menu" role="menu" aria-label={label} popover="manual" tabIndex={-1} onKeyDown={keys}>
      {items.map(({ title, heading, checked, danger, disabled, run }) => [
        heading && (
          <div key={`${heading}/`} class="heading" role="presentation">
            {heading}
          </div>
        ),
        <button
          key={`${heading}/${title}`}
          type="button"
          {...(checked === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': checked })}
          aria-disabled={disabled !== undefined}
          title={disabled}
          class={danger ? 'is-danger' : undefined}
          tabIndex={-1}
          onClick={() => {
            if (disabled !== undefined) return;
            leave();
            run();
          }}
        >
          {checked !== undefined && <span class="mark">{checked && <Icon name="check" />}</span>}
          {title}
        </button>,
      ])}
    </div>
  );
}

function choices(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('button')];
}

function startingWith(all: HTMLElement[], at: number, letter: string): HTMLElement | undefined {
  const inTurn = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return inTurn.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()));
}

/** Beneath the button where there is room, above it otherwise; never beyond the window. */
function place(list: HTMLElement, button: HTMLElement): void {
  const { bottom, top, left, right } = button.getBoundingClientRect();
  const { width, height } = list.getBoundingClientRect();
  const fits = bottom + GAP + height <= window.innerHeight || top < height;
  list.style.top = `${Math.max(GAP, fits ? bottom + GAP : top - GAP - height)}px`;
  const start = left + width + GAP <= window.innerWidth ? left : right - width;
  list.style.left = `${Math.max(GAP, start)}px`;
}
