import { expect, test } from 'vitest';
import { conformanceReport } from './report.ts';

test('a report counts by area, and says why a test fails', () => {
  const tests = [
    { name: '[sig-apps] Deployment should roll [Conformance]', needs: 'simulated' as const },
    { name: '[sig-apps] Job should run [Conformance]', needs: 'simulated' as const },
    { name: '[sig-node] Pods should log [Conformance]', needs: 'containers' as const },
    { name: '[sig-node] Pods should be late [Conformance]', needs: 'simulated' as const },
  ];
  const results = new Map([
    ['[sig-apps] Deployment should roll [Conformance]', { passed: true }],
    ['[sig-apps] Job should run [Conformance]', { passed: false, message: '\nno pod job-6x9bc in job-4711\nmore' }],
  ]);
  const text = conformanceReport(tests, results, '1.36.3');
  expect(text).toContain('Of the 4 conformance tests of Kubernetes 1.36.3, 1 pass');
  expect(text).toContain('| sig-apps | 2 | 1 | 1 | 0 |\n| sig-node | 2 | 0 | 1 | 1 |');
  expect(text).toContain('### sig-apps\n\n- Job should run: no pod job-xxxxx in job-N\n');
  expect(text).toContain('- Pods should be late: not run, because something that it needs is not built\n');
});
