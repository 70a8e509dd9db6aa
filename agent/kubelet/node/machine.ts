/** Facts about this machine for its Node object. */

import { createSocket } from 'node:dgram';
import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, hostname, networkInterfaces, release, totalmem } from 'node:os';
import type { Usage } from '../../../kube/usage/usage.ts';
import { readText } from '../../files/text-files.ts';

export interface MachineFacts {
  hostname: string;
  kernelVersion: string;
  osImage: string;
  operatingSystem: string;
  architecture: string;
  machineID: string;
  systemUUID: string;
  bootID: string;
  cpus: number;
  /** Bytes. */
  memory: number;
  ephemeralStorage: number;
}

export function machineFacts(state: string): MachineFacts {
  const disk = statfsSync(state);
  return {
    hostname: hostname().toLowerCase(),
    kernelVersion: release(),
    osImage: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readText('/etc/os-release'))?.[1] ?? process.platform,
    operatingSystem: process.platform,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    machineID: readText('/etc/machine-id').trim(),
    systemUUID: readText('/sys/class/dmi/id/product_uuid').trim() || readText('/etc/machine-id').trim(),
    bootID: readText('/proc/sys/kernel/random/boot_id').trim(),
    cpus: availableParallelism(),
    memory: totalmem(),
    ephemeralStorage: disk.bsize * disk.blocks,
  };
}

/** Bytes; undefined where the kernel does not say. */
function machineAvailable(): number | undefined {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(readText('/proc/meminfo'))?.[1];
  return available === undefined ? undefined : Number(available) * 1024;
}

/** Bytes that programs may still use. */
export interface MachineFree {
  memory: number;
  /** Of the file system that holds the agent's state. */
  disk: number;
}

export function machineFree(state: string): MachineFree {
  const disk = statfsSync(state);
  return {
    memory: machineAvailable() ?? totalmem(),
    disk: disk.bsize * disk.bavail,
  };
}

/** Nanoseconds of CPU that were used since it started, and bytes of memory that the kernel cannot take back. */
export function machineUsage(): Usage {
  const busy = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { cpu: busy * 1_000_000, memory: totalmem() - (machineAvailable() ?? freemem()) };
}

/** The address that this machine uses towards the server: no packet is sent to find out. */
export async function addressTowards(server: string, interfaces = networkInterfaces): Promise<string> {
  const host = new URL(server).hostname.replace(/^\[|\]$/g, '');
  const found = await new Promise<string | undefined>((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const end = (address: string | undefined) => {
      resolve(address);
      socket.close();
    };
    socket.once('error', () => end(undefined));
    socket.once('connect', () => end(socket.address().address));
    socket.connect(9, host);
  });
  if (found && !isLoopback(found)) return found;
  const outside = Object.values(interfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('10.244.'));
  return outside?.address ?? found ?? '127.0.0.1';
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
