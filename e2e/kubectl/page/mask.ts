/** What differs between two runs by itself: ids, times, ages, random names, addresses. */
const RULES: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC/g, '<time>'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g, '<time>'],
  [/(resourceVersion"?: ?)"\d+"/g, '$1"<version>"'],
  [/simulated:\/\/[0-9a-f]{64}/g, '<container>'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/https:\/\/[\w.]+:\d+\/clusters\/\w+/g, '<server>'],
  [/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-<sfx>'],
  [/\b10\.\d+\.\d+\.\d+ */g, '<ip> '],
  [/\b(3[0-2]\d{3})(\/TCP)? */g, '<port>$2 '],
  [/\bsim-\d\b/g, 'sim-N'],
  // Ages stand in columns, whose width they decide.
  [/(?<=[\s(])(?:\d+[smhd]){1,2}(?: ago)?(?=[\s)]) */g, '<age> '],
  [/(<age>|<ip>|<port>|<none>) +$/gm, '$1'],
  [/ {2,}(?=<age>|<ip>|<port>)/g, '  '],
  [/\bAGE +/g, 'AGE '],
  [/\b(\d+)m( +)\d+%/g, '<cpu>'],
];

export function masked(text: string): string {
  return RULES.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
