/** Files that lines name. */
export const FILES: Readonly<Record<string, string>> = {
  'file.txt': 'text\nof lines\n',
  'env.txt': '# settings\nA=b\nC=d\n',
};
