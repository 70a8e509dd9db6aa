/** The version that clusters say they are. kubectl compares `major` and `minor` alone. */
export const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3+islet',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '',
  goVersion: '',
  compiler: 'workerd',
  platform: 'cloudflare/workers',
} as const;

/** As `/version` prints it (apimachinery `pkg/version`). */
export const VERSION_TEXT = JSON.stringify(VERSION, undefined, 2);
