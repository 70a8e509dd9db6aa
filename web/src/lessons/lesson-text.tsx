/** The text of a lesson. Texts are set as they are: nothing in them is markup. */
import type { ComponentChildren } from 'preact';
import { pageLink } from '../api/route.ts';
import { placed } from '../kubectl/terminal/placed.ts';
import { Icon } from '../ui/icon.tsx';
import { notify } from '../ui/notices.tsx';
import type { Block, Inline } from './lesson.ts';
import { t } from './messages.ts';

export function LessonText({ blocks }: { blocks: readonly Block[] }) {
  return <>{blocks.map(block)}</>;
}

function block(given: Block, key: number): ComponentChildren {
  switch (given.type) {
    case 'paragraph':
      return <p key={key}>{given.content.map(inline)}</p>;
    case 'heading':
      return <h4 key={key}>{given.content.map(inline)}</h4>;
    case 'code':
      return <Code key={key} text={given.text} isShell={given.language === 'sh'} />;
    case 'quote':
      return (
        <blockquote key={key}>
          <LessonText blocks={given.blocks} />
        </blockquote>
      );
    case 'list': {
      const items = given.items.map((each, index) => (
        <li key={index}>
          <LessonText blocks={each} />
        </li>
      ));
      return given.ordered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
    }
  }
}

function inline(given: Inline, key: number): ComponentChildren {
  switch (given.type) {
    case 'text':
      return given.text;
    case 'code':
      return <code key={key}>{given.text}</code>;
    case 'strong':
      return <strong key={key}>{given.content.map(inline)}</strong>;
    case 'emphasis':
      return <em key={key}>{given.content.map(inline)}</em>;
    case 'link':
      return (
        <a key={key} href={given.href} target="_blank" rel="noreferrer">
          {given.content.map(inline)}
        </a>
      );
  }
}

/** `isShell`: lines for a terminal, which the page has. */
export function Code({ text, isShell }: { text: string; isShell: boolean }) {
  const copy = (): void =>
    void navigator.clipboard.writeText(`${text}\n`).then(
      () => notify(t('copied')),
      (error: Error) => notify(error.message, { tone: 'bad' }),
    );
  return (
    <div class="code">
      <pre>{text}</pre>
      <button type="button" class="plain" aria-label={t('copy')} title={t('copy')} onClick={copy}>
        <Icon name="copy" />
      </button>
      {isShell && (
        <a
          class="to-terminal"
          href={pageLink('terminal', { at: undefined })}
          onClick={() => {
            placed.value = text;
          }}
        >
          <Icon name="terminal" /> {t('toTerminal')}
        </a>
      )}
    </div>
  );
}
