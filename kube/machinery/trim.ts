/** Characters at the ends of a text. A regular expression that looks for some at the end tries anew at each of them. */

/** Without a character as often as it stands at the end. */
export function trimEndOf(text: string, character: string): string {
  let end = text.length;
  while (text[end - 1] === character) end--;
  return text.slice(0, end);
}

/** Without a character as often as it stands at either end. */
export function trimOf(text: string, character: string): string {
  let start = 0;
  while (text[start] === character) start++;
  return trimEndOf(text.slice(start), character);
}
