/** The documents of a text of YAML or JSON, without reading them: a change in one leaves what is known of the others. */
export interface Slice {
  /** Where it begins in the whole. */
  from: number;
  text: string;
}

/** A line that begins with `---` ends a document, also where a comment or the next document's text follows. */
const SEPARATOR = /^---(?=\s|$)[^\n]*\n?/gm;

export function splitDocuments(text: string): Slice[] {
  const slices: Slice[] = [];
  let from = 0;
  for (const match of text.matchAll(SEPARATOR)) {
    slices.push({ from, text: text.slice(from, match.index) });
    from = match.index + match[0].length;
  }
  slices.push({ from, text: text.slice(from) });
  // An empty part, or one of comments alone, is no document.
  return slices.filter((slice) => /^[^\S\n]*[^\s#]/m.test(slice.text));
}

/** The document that a place is in. At its end it still is. */
export function documentAt(text: string, offset: number): Slice {
  let from = 0;
  for (const match of text.matchAll(SEPARATOR)) {
    if (match.index >= offset) return { from, text: text.slice(from, match.index) };
    from = match.index + match[0].length;
  }
  return { from, text: text.slice(from) };
}
