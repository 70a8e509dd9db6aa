/** The agent's log: one line a message, with the time and the text. */

export interface Log {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

export function lineLog(now: () => number, write: (line: string) => void): Log {
  const say = (mark: string) => (text: string) =>
    write(`${new Date(now()).toISOString().slice(11, 19)} ${mark}${text}\n`);
  return { info: say(''), warn: say('warn  '), error: say('ERROR ') };
}
