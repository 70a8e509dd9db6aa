import fc from 'fast-check';
import { ProtobufEncoder } from '../../../kube/machinery/protobuf/encode.ts';
import { decodeProtobuf } from '../../../kube/machinery/schema/protobuf-decode.ts';
import { builtInKinds, schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import { arbitraryObject } from '../../../kube/testing/arbitrary-object.ts';
import { parseCertificateRequest } from '../../../kube/x509/certificate-request.ts';
import { JudgedApi, subjects } from '../api.ts';
import { target, timed } from '../target.ts';

const kinds = [...builtInKinds()].filter(({ kind }) => kind !== 'DeleteOptions');
const edits = fc.array(fc.record({ at: fc.nat(3000), drop: fc.nat(6), put: fc.uint8Array({ maxLength: 6 }) }), {
  maxLength: 6,
});

function edited(bytes: Uint8Array, changes: readonly { at: number; drop: number; put: Uint8Array }[]): Uint8Array {
  let result = bytes;
  for (const { at, drop, put } of changes) {
    const place = at % (result.length + 1);
    result = new Uint8Array([...result.subarray(0, place), ...put, ...result.subarray(place + drop)]);
  }
  return result;
}

export const protobuf = target({
  name: 'protobuf',
  about: 'protobuf of every kind with bytes torn out and put in; what is decoded is created and written again',
  quickRuns: 150,
  input: fc.nat(kinds.length - 1).chain((index) => {
    const { definition, ...type } = kinds[index] as (typeof kinds)[number];
    return fc.record({ object: arbitraryObject(type, schemaOf(definition)), edits, raw: fc.boolean() });
  }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ object, edits: changes, raw }) {
        const bytes = new ProtobufEncoder().object(new TextEncoder().encode(JSON.stringify(object)));
        const tried = edited(raw ? bytes.subarray(0, 4) : bytes, changes);
        const decoded = await timed(limits, () => decodeProtobuf(tried));
        if ('error' in decoded) return;
        const { apiVersion, kind } = decoded.object;
        const subject = subjects.find(({ manifest }) => manifest.apiVersion === apiVersion && manifest.kind === kind);
        if (!subject) return;
        const scope = await api.scope();
        const body = JSON.stringify(decoded.object);
        const made = await api.ask({ method: 'POST', path: scope.collection(subject), body });
        if (made.status !== 201) return;
        await api.examine(`${scope.collection(subject)}/${encodeURIComponent(made.body.metadata.name)}`);
      },
    };
  },
});

/** A request for CN=jane, O=dev, of an EC key. */
const REQUEST = Buffer.from(
  'MIHjMIGKAgEAMB0xDTALBgNVBAMMBGphbmUxDDAKBgNVBAoMA2RldjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHE5nnBcSBYyBAuS7nyZ5VjSzxZ1H7VzgCdWUxwqFn4y' +
    'xz3yH7MPa6mYAHcCnYfFgWqY5mDTBkjcUgEi1NVyzO2gCzAJBgNVBA4xAhMAMAoGCCqGSM49BAMCA0gAMEUCIQDWfnEuXqbFZH4fW4M1oW8eBPPXvQtpnrLvq2L3xw7P' +
    'xgIgTq6mYJ0f9Zc4lZ5Gm8y3a0T4xq6Zf2hK1m3pXc8vQdE=',
  'base64',
);

export const certificateRequests = target({
  name: 'certificate-requests',
  about: 'PKCS#10 requests with bytes torn out and put in, alone and in a CertificateSigningRequest',
  quickRuns: 100,
  input: fc.record({ edits, text: fc.oneof(fc.constant(''), fc.string({ maxLength: 40 })) }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ edits: changes, text }) {
        const der = edited(REQUEST, changes);
        await timed(limits, () => {
          try {
            parseCertificateRequest(der);
          } catch (error) {
            if (error instanceof RangeError || error instanceof TypeError) throw error;
          }
        });
        const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
        const request = Buffer.from(text || pem).toString('base64');
        const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
        await api.ask({
          method: 'POST',
          path: '/apis/certificates.k8s.io/v1/certificatesigningrequests?dryRun=All',
          body: JSON.stringify({ metadata: { name: 'a' }, spec }),
        });
      },
    };
  },
});
