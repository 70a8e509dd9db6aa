import { expect, test } from 'vitest';
import { prometheusText } from './usage.ts';

test('use is printed as Prometheus reads it: counters that only grow, and what is stored now', () => {
  const total = {
    requests: 7,
    messages: 40,
    rowsRead: 5,
    rowsWritten: 3,
    activeSeconds: 1.5,
    bytesSent: 900,
    streamSeconds: 7,
  };
  const cluster = { id: 'abcdefghij', name: 'first', bytesStored: 4096, objects: 12, days: [], lastAsked: 0, total };
  const text = prometheusText({ clusters: [cluster] });
  expect(text).toContain(
    '# HELP islet_cluster_requests_total Requests, calls of other objects, and alarms.\n' +
      '# TYPE islet_cluster_requests_total counter\n' +
      'islet_cluster_requests_total{cluster="first",id="abcdefghij"} 7\n',
  );
  expect(text).toContain('islet_cluster_stored_bytes{cluster="first",id="abcdefghij"} 4096\n');
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(
      /^(# (HELP|TYPE) islet_cluster_\w+ .+|islet_cluster_\w+\{cluster="first",id="abcdefghij"\} [\d.e-]+)$/,
    );
  }
});
