/** The log on the screen: an editor that is only read, which draws the lines in view alone and can be searched and copied. */

import { defaultKeymap } from '@codemirror/commands';
import { findNext, findPrevious, openSearchPanel, SearchQuery, search, setSearchQuery } from '@codemirror/search';
import { Compartment, EditorState, type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { mountEditor } from '../editor/codemirror/mount.ts';
import { appearance } from '../editor/codemirror/theme.ts';
import type { Appended, LogBuffer, LogLine } from './log-buffer.ts';

export interface Shown {
  timestamps: boolean;
  wrap: boolean;
  /** The prefix of a container's lines, by its number. */
  prefixes: readonly string[];
}

interface ScreenEvents {
  /** The end is in view, so that new lines move it on; or it is not. */
  pinned(pinned: boolean): void;
}

const MOST_MATCHES = 1_000;
const COLOURS = 8;
/** Pixels from the end within which the end is in view. */
const AT_END = 24;
/** So long after it began, a move may still be on its way. */
const GESTURE_MS = 200;

export class LogScreen {
  readonly #view: EditorView;
  readonly #buffer: LogBuffer;
  readonly #wrapping = new Compartment();
  #shown: Shown;
  #pinned = true;
  #query = new SearchQuery({ search: '' });

  constructor(parent: HTMLElement, buffer: LogBuffer, shown: Shown, label: string, events: ScreenEvents) {
    this.#buffer = buffer;
    this.#shown = shown;
    this.#view = mountEditor(parent, {
      extensions: [
        appearance,
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        // The field of the page's own drives the search; without a panel CodeMirror would mark nothing.
        search({ createPanel: () => ({ dom: hidden(), top: true }) }),
        keymap.of(defaultKeymap),
        this.#wrapping.of(wrapping(shown.wrap)),
        this.#marks(),
      ],
    });
    openSearchPanel(this.#view);
    this.#watchScrolling(events);
  }

  get pinned(): boolean {
    return this.#pinned;
  }

  append({ lines, dropped }: Appended): void {
    const { state } = this.#view;
    const text = lines.map((line) => this.#textOf(line)).join('\n');
    const isFirst = this.#buffer.lines.length === lines.length && dropped === 0;
    const before = dropped > 0 ? state.doc.line(Math.min(dropped + 1, state.doc.lines)).from : 0;
    this.#view.dispatch({
      changes: [
        { from: 0, to: before },
        { from: state.doc.length, insert: isFirst || lines.length === 0 ? text : `\n${text}` },
      ],
    });
    if (this.#pinned) this.toEnd();
  }

  /** All lines anew, where what stands before them has changed. */
  redraw(shown: Shown): void {
    this.#shown = shown;
    const insert = this.#buffer.lines.map((line) => this.#textOf(line)).join('\n');
    this.#view.dispatch({
      changes: { from: 0, to: this.#view.state.doc.length, insert },
      effects: this.#wrapping.reconfigure(wrapping(shown.wrap)),
    });
    if (this.#pinned) this.toEnd();
  }

  toEnd(): void {
    this.#view.dispatch({ effects: EditorView.scrollIntoView(this.#view.state.doc.length, { y: 'end' }) });
  }

  follow(): void {
    this.#pinned = true;
    this.toEnd();
  }

  /** Marks what is found, and answers how often it is. */
  search(text: string): number {
    this.#query = new SearchQuery({ search: text, literal: true });
    this.#view.dispatch({ effects: setSearchQuery.of(this.#query) });
    return this.count();
  }

  /** How often what is searched for is there now; Infinity for more than are counted. */
  count(): number {
    if (!this.#query.valid) return 0;
    let count = 0;
    for (const cursor = this.#query.getCursor(this.#view.state); !cursor.next().done; count++) {
      if (count === MOST_MATCHES) return Number.POSITIVE_INFINITY;
    }
    return count;
  }

  next(): void {
    this.#pinned = false;
    findNext(this.#view);
  }

  previous(): void {
    this.#pinned = false;
    findPrevious(this.#view);
  }

  destroy(): void {
    this.#view.destroy();
  }

  #textOf(line: LogLine): string {
    return `${this.#head(line)}${line.text}`;
  }

  #head({ time, source }: LogLine): string {
    const { timestamps, prefixes } = this.#shown;
    const prefix = prefixes[source] ?? '';
    return `${timestamps && time ? `${time} ` : ''}${prefix ? `${prefix} │ ` : ''}`;
  }

  #marks(): Extension {
    const build = (view: EditorView): DecorationSet => {
      const builder = new RangeSetBuilder<Decoration>();
      for (const { from, to } of view.visibleRanges) {
        for (let at = from; at <= to; ) {
          const { from: start, to: end, number } = view.state.doc.lineAt(at);
          const line = this.#buffer.lines[number - 1];
          const length = line ? this.#head(line).length : 0;
          if (line && length > 0) builder.add(start, Math.min(end, start + length), colour(line.source));
          at = end + 1;
        }
      }
      return builder.finish();
    };
    return ViewPlugin.fromClass(
      class {
        decorations: DecorationSet;

        constructor(view: EditorView) {
          this.decorations = build(view);
        }

        update(update: ViewUpdate): void {
          if (update.docChanged || update.viewportChanged) this.decorations = build(update.view);
        }
      },
      { decorations: (plugin) => plugin.decorations },
    );
  }

  /**
   * Moving up stops it from following, coming to the end goes on with it. Wheel and keys count at once: where lines come
   * fast, the end is in view again before the browser has scrolled.
   */
  #watchScrolling({ pinned }: ScreenEvents): void {
    const { scrollDOM, dom } = this.#view;
    let [top, distance, left] = [0, 0, 0];
    const pin = (now: boolean): void => {
      if (this.#pinned === now) return;
      this.#pinned = now;
      pinned(now);
    };
    const leave = (): void => {
      if (scrollDOM.scrollHeight <= scrollDOM.clientHeight) return;
      left = performance.now();
      pin(false);
    };
    const wheel = ({ deltaY }: WheelEvent): void => {
      if (deltaY < 0) leave();
      else left = 0;
    };
    dom.addEventListener('wheel', wheel, { passive: true });
    dom.addEventListener('touchmove', leave, { passive: true });
    dom.addEventListener('keydown', ({ key }) => ['ArrowUp', 'PageUp', 'Home'].includes(key) && leave());
    scrollDOM.addEventListener('scroll', () => {
      const away = scrollDOM.scrollHeight - scrollDOM.scrollTop - scrollDOM.clientHeight;
      // Where lines go at the beginning, the end is as near as before.
      const isUp = scrollDOM.scrollTop < top - 1 && away > distance + 1;
      [top, distance] = [scrollDOM.scrollTop, away];
      if (away >= AT_END) {
        if (isUp) pin(false);
      } else if (performance.now() - left > GESTURE_MS) pin(true);
    });
  }
}

function wrapping(wrap: boolean): Extension {
  return wrap ? EditorView.lineWrapping : [];
}

const colours = Array.from({ length: COLOURS }, (_, index) => Decoration.mark({ class: `log-head log-head-${index}` }));

function colour(source: number): Decoration {
  return colours[source % COLOURS] as Decoration;
}

function hidden(): HTMLElement {
  const dom = document.createElement('div');
  dom.hidden = true;
  return dom;
}
