/** A cluster as people have it: some namespaces and workloads, a pod that crashes, one that fits nowhere, long names. */
import { call, type Endpoint } from '../../cli/local/client.ts';
import { deployment, deploymentsIn } from './rig.ts';

const LONG = 'preview-environment-of-a-branch-with-a-rather-long-name-1234567';
const CRASHES = { 'islet.dev/simulated-exit-after': '1', 'islet.dev/simulated-exit-code': '137' };

export async function fillShop(cluster: Endpoint): Promise<void> {
  const post = (path: string, body: object) => call(cluster, 'POST', path, body);
  for (const name of ['shop', 'payments', LONG]) await post('/api/v1/namespaces', { metadata: { name } });
  await post(deploymentsIn('shop'), deployment('frontend', 3));
  await post(deploymentsIn('shop'), deployment('cart', 2));
  await post(deploymentsIn('payments'), deployment('ledger', 5));
  await post(deploymentsIn(LONG), deployment('a-name-that-somebody-let-a-generator-make-up', 1));
  const labels = { app: 'orders' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'postgres', image: 'postgres:17' }] } };
  await post('/apis/apps/v1/namespaces/shop/statefulsets', {
    metadata: { name: 'orders' },
    spec: { replicas: 2, serviceName: 'orders', selector: { matchLabels: labels }, template },
  });
  await post('/api/v1/namespaces/shop/services', {
    metadata: { name: 'frontend' },
    spec: { selector: { app: 'frontend' }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  await post('/api/v1/namespaces/shop/configmaps', { metadata: { name: 'frontend' }, data: { LOG_LEVEL: 'info' } });
  const pod = (name: string, cpu: string, annotations: object = {}) =>
    post('/api/v1/namespaces/shop/pods', {
      metadata: { name, annotations },
      spec: { containers: [{ name: 'main', image: 'busybox:1.37', resources: { requests: { cpu } } }] },
    });
  await pod('broken', '100m', CRASHES);
  await pod('too-big', '500');
}
