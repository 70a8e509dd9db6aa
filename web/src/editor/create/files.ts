/** Files that were dropped or chosen, as one text. */
export const MOST_BYTES = 10 * 1024 * 1024;

export type ReadFiles = { text: string } | { problem: 'too-large' } | { problem: 'no-text'; name: string };

interface FileLike {
  name: string;
  size: number;
  text(): Promise<string>;
}

export async function readFiles(files: readonly FileLike[], before: string): Promise<ReadFiles> {
  const size = files.reduce((sum, file) => sum + file.size, before.length);
  if (size > MOST_BYTES) return { problem: 'too-large' };
  const parts = before.trim() === '' ? [] : [before.trimEnd()];
  // The order of the names is the order in which kubectl reads a folder.
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const text = await file.text();
    if (text.includes('\0')) return { problem: 'no-text', name: file.name };
    const own = text.trim().replace(/^---[^\S\n]*\n/, '');
    parts.push(/^\s*[{[]/.test(own) || files.length === 1 ? own : `# ${file.name}\n${own}`);
  }
  return { text: `${parts.join('\n---\n')}\n` };
}
