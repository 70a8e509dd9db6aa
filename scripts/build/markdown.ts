/** Markdown of lessons, as pieces that the page draws. What it cannot draw (HTML, images, tables) is refused. */
import { marked, type Token, type Tokens } from 'marked';
import type { Block, Inline } from '../../web/src/lessons/lesson.ts';

export interface Section {
  /** The text of the heading. */
  title: string;
  blocks: Block[];
}

/** The text before the first `## …`, under `# …`, and a section for each of these. Throws for what cannot be drawn. */
export function sectionsOf(markdown: string): { title: string; intro: Block[]; sections: Section[] } {
  const [first, ...tokens] = marked.lexer(markdown).filter(({ type }) => type !== 'space');
  if (first?.type !== 'heading' || first.depth !== 1) throw new Error('begins with no “# title”');
  const intro: Block[] = [];
  const sections: Section[] = [];
  for (const token of tokens) {
    if (token.type === 'heading' && token.depth === 2) sections.push({ title: token.text, blocks: [] });
    else (sections.at(-1)?.blocks ?? intro).push(blockOf(token));
  }
  return { title: first.text, intro, sections };
}

function blockOf(token: Token): Block {
  switch (token.type) {
    case 'paragraph':
    case 'text':
      return { type: 'paragraph', content: inlinesOf(token) };
    case 'heading':
      return { type: 'heading', content: inlinesOf(token) };
    case 'code':
      return { type: 'code', text: token.text, language: token.lang ?? '' };
    case 'blockquote':
      return { type: 'quote', blocks: blocksOf(token.tokens ?? []) };
    case 'list': {
      const { ordered, items } = token as Tokens.List;
      return { type: 'list', ordered, items: items.map(({ tokens }) => blocksOf(tokens)) };
    }
    default:
      throw new Error(`has ${token.type}, which lessons cannot show: ${token.raw.trim()}`);
  }
}

function blocksOf(tokens: readonly Token[]): Block[] {
  return tokens.filter(({ type }) => type !== 'space').map(blockOf);
}

function inlinesOf(token: Token): Inline[] {
  const { tokens } = token as { tokens?: Token[] };
  return (tokens ?? []).map(inlineOf);
}

function inlineOf(token: Token): Inline {
  switch (token.type) {
    case 'text':
    case 'escape':
      return { type: 'text', text: plain(token.text) };
    case 'codespan':
      return { type: 'code', text: plain(token.text) };
    case 'strong':
      return { type: 'strong', content: inlinesOf(token) };
    case 'em':
      return { type: 'emphasis', content: inlinesOf(token) };
    case 'br':
      return { type: 'text', text: '\n' };
    case 'link':
      if (!token.href.startsWith('https://')) throw new Error(`links to ${token.href}: only https:// is allowed`);
      return { type: 'link', href: token.href, content: inlinesOf(token) };
    default:
      throw new Error(`has ${token.type}, which lessons cannot show: ${token.raw.trim()}`);
  }
}

/** marked escapes some texts for HTML; the page sets texts as they are. */
function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
