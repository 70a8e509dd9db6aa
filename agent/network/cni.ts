/** The pod network as a CNI configuration: a bridge, addresses out of the node's range, and host ports. */

/** The name sorts before other configurations in the folder, and after those that an administrator numbers lower. */
export const CNI_FILE = '10-islet.conflist';

export function cniConfiguration(podCIDR: string): string {
  const configuration = {
    cniVersion: '0.4.0',
    name: 'islet',
    plugins: [
      {
        type: 'bridge',
        bridge: bridgeName(podCIDR),
        isGateway: true,
        isDefaultGateway: true,
        forceAddress: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: podCIDR }]] },
      },
      { type: 'portmap', capabilities: { portMappings: true }, snat: true },
    ],
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

export const isCniFile = (name: string): boolean => /\.(conf|conflist|json)$/.test(name);

/** `islet-244-7`: several nodes on one machine, as in tests, must not share one. */
function bridgeName(podCIDR: string): string {
  const [, second = '0', third = '0'] = podCIDR.split('.');
  return `islet-${second}-${third}`;
}
