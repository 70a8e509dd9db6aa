/**
 * Columns of text as Go's `text/tabwriter` lays them out: cells end with a tab, and lines that follow each other share
 * the width of a column as long as each of them has a cell there.
 */
export interface Layout {
  minWidth: number;
  padding: number;
  /** A column whose cells are all empty takes no room. */
  discardEmpty?: boolean;
}

/** Of tables. Width of tabs does not count: the padding is of spaces. */
export const TABLE: Layout = { minWidth: 6, padding: 3 };
/** Of descriptions. */
export const DESCRIPTION: Layout = { minWidth: 0, padding: 2 };

/** The widths of the columns so far, which later lines keep (`get --watch`). */
export type Remembered = number[];

export function tabulate(text: string, { minWidth, padding, discardEmpty }: Layout, remembered?: Remembered): string {
  const endsWithNewline = text.endsWith('\n');
  const lines = (endsWithNewline ? text.slice(0, -1) : text).split('\n').map((line) => line.split('\t'));
  const out: string[] = [];
  const widths: number[] = [];

  /** Lines `from` to `to` share the columns before this one. */
  const format = (from: number, to: number): void => {
    const column = widths.length;
    let done = from;
    for (let at = from; at < to; at++) {
      if (column >= (lines[at] as string[]).length - 1) continue;
      emit(done, at);
      done = at;
      let end = at;
      let width = minWidth;
      let isEmpty = true;
      while (end < to && column < (lines[end] as string[]).length - 1) {
        const length = lengthOf(lines[end]?.[column] as string);
        width = Math.max(width, length + padding);
        if (length > 0) isEmpty = false;
        end++;
      }
      if (isEmpty && discardEmpty) width = 0;
      if (remembered) {
        width = Math.max(width, remembered[column] ?? 0);
        remembered[column] = width;
      }
      widths.push(width);
      format(at, end);
      widths.pop();
      done = end;
      at = end - 1;
    }
    emit(done, to);
  };

  const emit = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const cells = lines[at] as string[];
      out.push(
        cells
          .map((cell, index) => {
            if (index === cells.length - 1) return cell;
            return cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - lengthOf(cell)));
          })
          .join(''),
      );
    }
  };

  format(0, lines.length);
  return out.join('\n') + (endsWithNewline ? '\n' : '');
}

function lengthOf(text: string): number {
  return [...text].length;
}
