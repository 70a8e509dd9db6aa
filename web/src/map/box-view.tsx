/** A box: one object, which it leads to, or several that are alike. It is drawn again only when it says something else. */
import { Component } from 'preact';
import type { Tone } from '../kinds/tone.ts';
import { BOX } from './box-size.ts';
import { shortened } from './texts.ts';

export interface BoxProps {
  id: string;
  x: number;
  y: number;
  name: string;
  /** Its kind, and where it is. */
  about: string;
  tone: Tone | undefined;
  status: string;
  /** For screen readers, and where the pointer rests. */
  label: string;
  /** Several objects: it opens them instead of leading somewhere. */
  isMany: boolean;
  isMissing: boolean;
  /** The one that the map is about. */
  isRoot: boolean;
  /** The one that Tab leads to. */
  isCurrent: boolean;
  href: string | undefined;
}

/** Of 16 by 16, around the middle. */
const SIGNS: Readonly<Record<Tone, string>> = {
  good: 'M-3.500 0l2.500 2.500l4.500-5',
  busy: 'M-3.500 0h.01M0 0h.01M3.500 0h.01',
  bad: 'M-3-3l6 6M3-3l-6 6',
  idle: 'M-3.500 0h7',
};
/** A question mark. */
const MISSING = 'M-2.500-2a2.500 2.500 0 1 1 3.500 2.300c-.8.3-1 .7-1 1.500M0 4.500h.01';

const ROLES = { many: { role: 'button', 'aria-expanded': false }, alone: { role: 'img' } } as const;

const NAME_LENGTH = 20;
const ABOUT_LENGTH = 26;

export class BoxView extends Component<BoxProps> {
  override shouldComponentUpdate(next: BoxProps): boolean {
    return Object.entries(next).some(([key, value]) => this.props[key as keyof BoxProps] !== value);
  }

  override render({ id, x, y, label, tone, isMany, isMissing, isCurrent, isRoot, href }: BoxProps) {
    const classes = ['box', tone && `is-${tone}`, isMissing && 'is-missing', isMany && 'is-many', isRoot && 'is-root'];
    const shared = {
      class: classes.filter(Boolean).join(' '),
      transform: `translate(${x} ${y})`,
      'data-box': id,
      // SVG's own spelling.
      tabindex: isCurrent ? 0 : -1,
    };
    const inner = (
      <>
        <title>{label}</title>
        {isMany && <rect class="behind" x="4" y="4" width={BOX.width} height={BOX.height} rx="6" />}
        <rect width={BOX.width} height={BOX.height} rx="6" />
        <Inside {...this.props} />
      </>
    );
    // An object that is not there leads nowhere.
    if (isMany || href === undefined)
      return (
        <g {...shared} {...(isMany ? ROLES.many : ROLES.alone)}>
          {inner}
        </g>
      );
    return (
      <a href={href} {...shared}>
        {inner}
      </a>
    );
  }
}

function Inside({ name, about, tone, status, isMissing }: BoxProps) {
  const middle = BOX.height / 2;
  const sign = isMissing ? MISSING : tone && SIGNS[tone];
  const left = sign ? 34 : 14;
  return (
    <>
      {sign && <circle class="sign" cx="18" cy={middle} r="8" />}
      {sign && <path class="sign-line" transform={`translate(18 ${middle})`} d={sign} />}
      <text class="name" x={left} y={middle - 4}>
        {shortened(name, sign ? NAME_LENGTH : NAME_LENGTH + 3)}
      </text>
      <text class="about" x={left} y={middle + 13}>
        {shortened(about, Math.max(8, ABOUT_LENGTH - status.length))}
      </text>
      <text class="status" x={BOX.width - 10} y={middle + 13}>
        {shortened(status, ABOUT_LENGTH - 8)}
      </text>
    </>
  );
}
