/** Line drawings of 16 by 16, in the colour of the text. They say nothing to a screen reader: a text stands beside. */
const PATHS = {
  overview: 'M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5h-4.5zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5h-4.5z',
  list: 'M2.5 4h.01M2.5 8h.01M2.5 12h.01M5.5 4h8M5.5 8h8M5.5 12h8',
  log: 'M2.5 3.500h11M2.5 6.500h7M2.5 9.500h11M2.5 12.500h5',
  terminal: 'M2 3h12v10h-12zM4.5 6l2 2l-2 2M8.5 10h3',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6v-3.5h3.500M10 2.5h3.500v3.500M13.5 10v3.500h-3.500M6 13.500h-3.500v-3.500',
  map: 'M2 3h4.500v3.500h-4.500zM9.5 2.500h4.500v3.500h-4.500zM9.5 10h4.500v3.500h-4.500zM6.5 4.5h3M4.500 6.500v5.250h5',
  history: 'M2.5 8a5.5 5.5 0 1 0 1.8-4.1M2.5 2.5v2.5h2.5M8 5v3l2 1.5',
  person: 'M8 8a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5',
  node: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9a4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3',
  settings:
    'M2.5 5h5M11.5 5h2M9.5 7a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM2.5 11h2M8.5 11h5M6.5 13a2 2 0 1 0 0-4a2 2 0 0 0 0 4z',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5l3.5 3.5l6.5-8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  lesson:
    'M8 4c-1.5-1-3.5-1.3-5.5-1.3v9.6c2 0 4 .3 5.5 1.3c1.5-1 3.5-1.3 5.5-1.300v-9.600c-2 0-4 .3-5.5 1.300zM8 4v9.5',
  share:
    'M4 10a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM12 5.500a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM12 14.500a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM5.8 7l4.4-2.500M5.8 9l4.4 2.5',
  way: 'M4 5.500a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM6 3.500h5a2.200 2.200 0 0 1 0 4.500h-6a2.200 2.200 0 0 0 0 4.500h5M12 14.500a2 2 0 1 0 0-4a2 2 0 0 0 0 4z',
  pulse: 'M1.5 8h3l2-4.500l3 9l2-4.500h3',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** An island in the sea, as in the tab. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="7" />
      <path d="M3 10q5-6 10 0z" />
    </svg>
  );
}
