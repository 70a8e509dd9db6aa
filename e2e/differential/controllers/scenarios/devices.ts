import { create, kill, patch, remove, runs, type Scenario, together, wait } from '../scenario.ts';
import {
  DRIVER,
  deviceClass,
  extended,
  freed,
  gpu,
  model,
  ofMemory,
  own,
  request,
  selecting,
  setup,
  slice,
  template,
  wanting,
} from './device-objects.ts';
import { claim, claimant, ofClaim } from './resource-claims.ts';

export const devices: Scenario[] = [
  {
    name: 'device-one',
    steps: [setup(gpu('g0')), create(template(request()), own('p')), create(own('q')), freed(/^p/)],
  },
  {
    name: 'device-selectors',
    steps: [
      setup(gpu('g0', model('a')), gpu('g1', { ...model('b'), ...ofMemory('10Gi') }), gpu('g2', model('b'))),
      create(
        template(request(selecting(`device.attributes["${DRIVER}"].model == "b"`))),
        claim('c', wanting(request(selecting(`device.capacity["${DRIVER}"].memory.isGreaterThan(quantity("5Gi"))`)))),
      ),
      create(claimant('p', { own: ofClaim('c') })),
      create(own('q')),
      create(own('r')),
    ],
  },
  {
    name: 'device-broken-selector',
    steps: [
      setup(gpu('g0')),
      create(template(request(selecting(`device.attributes["${DRIVER}"].model == "b"`))), own('p')),
    ],
  },
  {
    name: 'device-missing-class',
    steps: [
      create(slice('a', [gpu('g0')]), template(request()), own('p')),
      together(create(deviceClass()), wait(10)),
      runs({}, 'succeed'),
    ],
  },
  {
    name: 'device-late-slice',
    steps: [
      create(deviceClass(), template(request({ count: 2 })), own('p')),
      create(slice('a', [gpu('g0'), gpu('g1')])),
    ],
  },
  {
    name: 'device-all',
    steps: [
      setup(gpu('g0'), gpu('g1'), gpu('g2')),
      create(template(request({ allocationMode: 'All' })), own('p')),
      create(own('q')),
      freed(/^p/),
    ],
  },
  {
    name: 'device-alternatives',
    nodes: 2,
    steps: [
      create(
        deviceClass(),
        slice('a', [gpu('g0', model('small'))]),
        slice('b', [gpu('g0', model('large'))], { nodeName: 'NAMESPACE-n2' }),
      ),
      create(
        template({
          name: 'gpu',
          firstAvailable: ['large', 'small'].map((name) => ({
            name,
            deviceClassName: DRIVER,
            ...selecting(`device.attributes["${DRIVER}"].model == "${name}"`),
          })),
        }),
        own('p'),
      ),
      create(own('q')),
      create(own('r')),
    ],
  },
  {
    name: 'device-constraints',
    steps: [
      setup(
        gpu('g0', model('a')),
        gpu('g1', model('b')),
        gpu('g2', model('c')),
        gpu('g3', model('b')),
        gpu('g4', model('a')),
      ),
      create(
        claim('same', {
          devices: {
            requests: [request({}, 'x'), request({}, 'y')],
            constraints: [{ matchAttribute: `${DRIVER}/model` }],
          },
        }),
        claim('other', {
          devices: {
            requests: [request({}, 'x'), request({}, 'y')],
            constraints: [{ distinctAttribute: `${DRIVER}/model` }],
          },
        }),
        claimant('p', { own: ofClaim('same') }),
      ),
      create(claimant('q', { own: ofClaim('other') })),
    ],
  },
  {
    name: 'device-shared-claim',
    steps: [
      setup(gpu('g0')),
      create(claim('c', wanting(request())), claimant('p', { own: ofClaim('c') })),
      create(claimant('q', { own: ofClaim('c') })),
      kill({ named: /^p/ }),
      kill({ named: /^q/ }),
      create(claimant('r', { own: ofClaim('c') })),
      remove('resourceclaims/c'),
      kill({ named: /^r/ }),
    ],
  },
  {
    name: 'device-taints',
    steps: [
      setup(gpu('g0', { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }), gpu('g1')),
      create(template(request()), own('p')),
      create(own('q')),
      create(claim('c', wanting(request({ tolerations: [{ key: 'k', operator: 'Exists' }] })))),
      create(claimant('r', { own: ofClaim('c') })),
    ],
  },
  {
    name: 'device-counters',
    steps: [
      create(
        deviceClass(),
        slice('a', [], {
          nodeName: 'NAMESPACE-n1',
          devices: undefined,
          sharedCounters: [{ name: 'set', counters: { memory: { value: '3Gi' } } }],
          pool: { name: 'pool', generation: 1, resourceSliceCount: 2 },
        }),
        slice(
          'b',
          ['g0', 'g1', 'g2', 'g3'].map((name) =>
            gpu(name, { consumesCounters: [{ counterSet: 'set', counters: { memory: { value: '1Gi' } } }] }),
          ),
          { nodeName: 'NAMESPACE-n1', pool: { name: 'pool', generation: 1, resourceSliceCount: 2 } },
        ),
        template(request({ count: 2 })),
      ),
      create(own('p')),
      create(own('q')),
      create(claim('c', wanting(request())), claimant('r', { own: ofClaim('c') })),
    ],
  },
  {
    name: 'device-capacity',
    steps: [
      setup(
        gpu('g0', {
          allowMultipleAllocations: true,
          capacity: {
            memory: {
              value: '10Gi',
              requestPolicy: { default: '1Gi', validRange: { min: '1Gi', max: '8Gi', step: '1Gi' } },
            },
          },
        }),
      ),
      create(template(request({ capacity: { requests: { memory: '3500Mi' } } }))),
      create(own('p')),
      create(own('q')),
      create(own('r')),
      create(claim('c', wanting(request())), claimant('s', { own: ofClaim('c') })),
      freed(/^p/),
    ],
  },
  {
    name: 'device-configuration',
    steps: [
      create(
        deviceClass({ config: [{ opaque: { driver: DRIVER, parameters: { a: 1 } } }] }),
        slice('a', [gpu('g0'), gpu('g1')]),
        claim('c', {
          devices: {
            requests: [request({}, 'x'), request({}, 'y')],
            config: [
              { opaque: { driver: DRIVER, parameters: { b: 2 } } },
              { requests: ['y'], opaque: { driver: DRIVER, parameters: { c: 3 } } },
            ],
          },
        }),
        claimant('p', { own: ofClaim('c') }),
      ),
    ],
  },
  {
    name: 'device-node-selector',
    nodes: 2,
    steps: [
      create(
        deviceClass(),
        slice('a', [gpu('g0'), gpu('g1')], {
          nodeSelector: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['NAMESPACE-n2'] }] },
            ],
          },
        }),
        claim('c', wanting(request())),
        claimant('p', { own: ofClaim('c') }),
      ),
      create(claimant('q', { own: ofClaim('c') })),
    ],
  },
  {
    name: 'device-binding-conditions',
    steps: [
      setup(gpu('g0', { bindsToNode: true, bindingConditions: ['ready'], bindingFailureConditions: ['failed'] })),
      create(claim('c', wanting(request())), claimant('p', { own: ofClaim('c') })),
      // Upstream looks at the claim every five seconds.
      together(
        patch(
          'resourceclaims/c/status',
          {
            status: {
              devices: [
                {
                  driver: DRIVER,
                  pool: 'NAMESPACE-n1',
                  device: 'g0',
                  conditions: [
                    {
                      type: 'ready',
                      status: 'True',
                      reason: 'Done',
                      message: '',
                      lastTransitionTime: '2026-01-01T00:00:00Z',
                    },
                  ],
                },
              ],
            },
          },
          'merge',
        ),
        wait(5),
      ),
    ],
  },
  {
    name: 'device-evicted',
    steps: [
      setup(gpu('g0'), gpu('g1')),
      create(
        template(request()),
        claim('c', wanting(request({ tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute' }] }))),
        own('p'),
      ),
      create(claimant('q', { own: ofClaim('c') })),
      patch(
        'resourceslices/NAMESPACE-a',
        {
          spec: {
            devices: ['g0', 'g1'].map((name) => gpu(name, { taints: [{ key: 'k', value: 'v', effect: 'NoExecute' }] })),
          },
        },
        'merge',
      ),
    ],
  },
  {
    name: 'device-extended-resource',
    steps: [
      create(deviceClass({ extendedResourceName: `${DRIVER}/gpu` }), slice('a', [gpu('g0'), gpu('g1'), gpu('g2')])),
      create(extended('p', '2')),
      create(extended('q', '2')),
      runs({ named: /^p/ }, 'succeed'),
      kill({ named: /^q/ }),
    ],
  },
];
