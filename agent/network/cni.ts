/** A network configuration for nodes that have none: a bridge, addresses out of the node's range, and host ports. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OURS = '10-islet.conflist';

/** Whether somebody else has configured pod networking: then it is theirs. */
export function hasOtherNetwork(confDir: string): boolean {
  if (!existsSync(confDir)) return false;
  return readdirSync(confDir).some((name) => /\.(conf|conflist|json)$/.test(name) && name !== OURS);
}

/** Writes our configuration unless somebody else's is there. Returns whether the file was changed. */
export function ensureNetwork(confDir: string, podCIDR: string): boolean {
  mkdirSync(confDir, { recursive: true });
  if (hasOtherNetwork(confDir)) return false;
  const path = join(confDir, OURS);
  const text = `${JSON.stringify(networkConfiguration(podCIDR), null, 2)}\n`;
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  writeFileSync(path, text);
  return true;
}

function networkConfiguration(podCIDR: string): unknown {
  return {
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
}

/** `islet-244-7`: several nodes on one machine, as in tests, must not share one. */
function bridgeName(podCIDR: string): string {
  const [, second = '0', third = '0'] = podCIDR.split('.');
  return `islet-${second}-${third}`;
}
