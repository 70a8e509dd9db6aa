import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

interface Props {
  until: readonly { complete: ReadonlySignal<boolean> }[];
  children: () => ComponentChildren;
}

/** "There is none" is said only when all of it has been seen. */
export function Loading({ until, children }: Props) {
  return until.every(({ complete }) => complete.value) ? children() : <p class="empty">Loading …</p>;
}
