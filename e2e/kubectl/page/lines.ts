/** A line that both run. */
export interface Line {
  line: string;
  input?: string;
  /** Its own words: what of them differs. */
  mask?: readonly [RegExp, string][];
}

export interface Group {
  name: string;
  lines: readonly (string | Line)[];
}

export const piped = (line: string, input: string, mask?: Line['mask']): Line => ({ line, input, mask });
