import { expect, test } from 'vitest';
import { keyPairError } from './key-pair.ts';

/** Made by openssl; used nowhere. */
const PEM = {
  rsaCertificate: block(
    'CERTIFICATE',
    'MIIB9DCCAV2gAwIBAgIURjJbt+7Z0SeNNcOpx33xUecTOWEwDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwBYTAeFw0yNjExMjYxMjA4MjRaFw0zNjExMjMxMjA4MjRaMAwxCjAIBgNVBAMMAWEwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAK7FIQQpfBhV2stJn3xDDK2TfUiuMyQ1Kp6eDIfPMPIPjKvpSkLlweS71HV2gINvdfFASqFP6IzaZhaVqOvE9aetCLGktrDUINsfbEhWXaCzsCLQvK0tS+JsWjs3Ywy4HZsxDNQ6Ramb6FEry9cC5iiHHcbQi0p+GYmCO03WSFYNAgMBAAGjUzBRMB0GA1UdDgQWBBSlgSUV5Kpq/10Y1KslNP2OLHUeYDAfBgNVHSMEGDAWgBSlgSUV5Kpq/10Y1KslNP2OLHUeYDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBAFMK9k894KCKPWRKzwCOvBRAtzxDiBn7bOBTukiXP08X2aj3H5tS5aKGdoEiKJG6/d/OaOyn0f36ZDPs8uLVlESGHZUBybdaobD+YqNs5e/O2+kSv2ZmML4/ZtU8w93VN64uucFeR64SFSIX5lTsQD7j4vjX3RPfN/a2+tcL9XZK',
  ),
  rsaKey: block(
    'PRIVATE KEY',
    'MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAK7FIQQpfBhV2stJn3xDDK2TfUiuMyQ1Kp6eDIfPMPIPjKvpSkLlweS71HV2gINvdfFASqFP6IzaZhaVqOvE9aetCLGktrDUINsfbEhWXaCzsCLQvK0tS+JsWjs3Ywy4HZsxDNQ6Ramb6FEry9cC5iiHHcbQi0p+GYmCO03WSFYNAgMBAAECgYA1qavAlmhXJI2A3ANPaVsMNPxEA9EKLhT/DTJ1xOWXfbTI2GIH9no5nH7Y7mD5epDxWbdQnrOeBDVSe/OZKSnwJ1f9u1cCcnYTO+OOmEIMw2lu47aZSf7Nq5AiGA46TBvDb8PRFEpimohlVbqTvWteXIchdKTDReZOFX/yymL3lQJBANpdQBp9rNSrEpxRMb2YeCB2briMDgBFwxHTU4OPXdIz+3AVYREF6c82eVMfOKiUUYMT/RY0bRZyBEAvvBUoPFsCQQDM5GXbbdOMJLYarO/mRpBg+NGU6Gm8psOwTLHWC1lgzdUw8LjWO86Ljy2TpaqhHWqTqSDWLzmUDwZmKW+06mO3AkBZzioT+wW+fRDtWvMy/2bAKxUELw1/DTHZvejF3Yt/bMOG6DQAdUcgYk3pYpjBtCYF242luS/4IDIhV8Bpjx+rAkAjVLsvtGeHQglY3jtcBQz+e8mAGPeqvUL/UqpT048s/zFlCA2He7apIB5m2Gls8Oqg3cg4xtnx6wlacoi9tLFPAkAD2bqPcd0U2TceUSQox2Z9vPVmTr0qQ93/owClpRiSDbA+BMBoFHi4PI8111vEf5BRJhVMnlryPX08H+/UGR4I',
  ),
  rsaKey8: block(
    'PRIVATE KEY',
    'MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAK7FIQQpfBhV2stJn3xDDK2TfUiuMyQ1Kp6eDIfPMPIPjKvpSkLlweS71HV2gINvdfFASqFP6IzaZhaVqOvE9aetCLGktrDUINsfbEhWXaCzsCLQvK0tS+JsWjs3Ywy4HZsxDNQ6Ramb6FEry9cC5iiHHcbQi0p+GYmCO03WSFYNAgMBAAECgYA1qavAlmhXJI2A3ANPaVsMNPxEA9EKLhT/DTJ1xOWXfbTI2GIH9no5nH7Y7mD5epDxWbdQnrOeBDVSe/OZKSnwJ1f9u1cCcnYTO+OOmEIMw2lu47aZSf7Nq5AiGA46TBvDb8PRFEpimohlVbqTvWteXIchdKTDReZOFX/yymL3lQJBANpdQBp9rNSrEpxRMb2YeCB2briMDgBFwxHTU4OPXdIz+3AVYREF6c82eVMfOKiUUYMT/RY0bRZyBEAvvBUoPFsCQQDM5GXbbdOMJLYarO/mRpBg+NGU6Gm8psOwTLHWC1lgzdUw8LjWO86Ljy2TpaqhHWqTqSDWLzmUDwZmKW+06mO3AkBZzioT+wW+fRDtWvMy/2bAKxUELw1/DTHZvejF3Yt/bMOG6DQAdUcgYk3pYpjBtCYF242luS/4IDIhV8Bpjx+rAkAjVLsvtGeHQglY3jtcBQz+e8mAGPeqvUL/UqpT048s/zFlCA2He7apIB5m2Gls8Oqg3cg4xtnx6wlacoi9tLFPAkAD2bqPcd0U2TceUSQox2Z9vPVmTr0qQ93/owClpRiSDbA+BMBoFHi4PI8111vEf5BRJhVMnlryPX08H+/UGR4I',
  ),
  otherRsaKey: block(
    'PRIVATE KEY',
    'MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAKEOQRdzap6BZHNYfSCwbk6kBUcpu3LkP4gAdZwqKIyPYKcYWSktophk02wBlTiOnLYAHQgahiRs1QtN66O1fRUqUWK8K9q2M+KjBfimBUMyjtIZcL8jIDBh+iDgTspj8M6oFZIzLF5XnCbI4D/n/ZDauuzRMt66CBEssVEZ0dEjAgMBAAECgYBtzDD2EtpCG0ZnGJGdoophFJMAk+PWDON/DYkgoOEqCmlDIWdPmmv55ur3/BBGEXum3Gbual6/IG8RmNqnrggKO+tnZE2F7hmpp1cjcOPEHzO6zC4zQL3FdLq/JGU0svm+mNbo/QqQWpmpOb1p5rtscOYxqK7amSNp3qzRbj3yGQJBANCxzkL+TeGQVPyorEig6nWVzeDHbjQaii7aqCxaEhPm0ymoCXe13awPPCpMqQFQlAknXCyjTCAFSueHj2CL0g0CQQDFkAt4gJcYQ4v+cwJ2Uiv4w30zNOhn7mzku6AbD51r/fDeFsxH3J8z/MkL5Y5FbsLpbnejizGKHFW8texbyNPvAkEAh/+W/qlib1/zQkNZImta3w2kgJr2AhZZfncXqO95YGbHrRnIMa7eqkWzW41hhW3RSrXPp3czIJrSWVdJ5Ay58QJAFCk/Am0c/jzmbHEQL0Lzec95V2Bu1yxdsHn1PM27IuonSoLJFgxNsuB5I92pRyymd2vuiaIKzC1YEon+NN+pwQJBAKGJxqZF96NsRIZJXpLIgFhChRg1WejWQXzplrqDOxpj3advddSxWBnV1So/uskXxeZQnay1H+kv9MBx7J2k7k4=',
  ),
  ecCertificate: block(
    'CERTIFICATE',
    'MIIBbDCCAROgAwIBAgIUURSftxluN6FsFKO7VROdR39GaBcwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAeFw0yNjExMjYxMjA4MjRaFw0zNjExMjMxMjA4MjRaMAwxCjAIBgNVBAMMAWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQxiFo1nxD2EkQdouYZeCH74WBCjUgCOGBhMxS2j79DI5pDMKVmSB11wQuAHmq62pLEz/CkRst7McHH4huNDtFro1MwUTAdBgNVHQ4EFgQUtgIDduhpw2sca1SeJ0wI1H8H4wYwHwYDVR0jBBgwFoAUtgIDduhpw2sca1SeJ0wI1H8H4wYwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBwzpGe0L2e212U2DbAKD4xNt4DgMgHc6JcarexfN/dqQIgVqgXbkQsWXp+dW0W8Wv6zEArOrsL4RbugnGvqmHmeuU=',
  ),
  ecKey: block(
    'EC PRIVATE KEY',
    'MHcCAQEEIGd0DbmPb3nQHE0W/I43VCLB0dvsi1u3Qy4zMD990E4QoAoGCCqGSM49AwEHoUQDQgAEMYhaNZ8Q9hJEHaLmGXgh++FgQo1IAjhgYTMUto+/QyOaQzClZkgddcELgB5qutqSxM/wpEbLezHBx+IbjQ7Raw==',
  ),
  ecKey8: block(
    'PRIVATE KEY',
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZ3QNuY9vedAcTRb8jjdUIsHR2+yLW7dDLjMwP33QThChRANCAAQxiFo1nxD2EkQdouYZeCH74WBCjUgCOGBhMxS2j79DI5pDMKVmSB11wQuAHmq62pLEz/CkRst7McHH4huNDtFr',
  ),
  otherEcKey: block(
    'EC PRIVATE KEY',
    'MHcCAQEEILwVKZz4aAPpZVvY6szYypP0hvKcAK6LUmASgIBWT2PNoAoGCCqGSM49AwEHoUQDQgAEXHZAtvFfavzRY8wk05HMKUiFh1MBU66qw/RUaHPQYMqAaRdn8KU27aLGnJKZZBmwvH+4QBJCwqND6+wdgDkmyA==',
  ),
};

function block(type: string, body: string): string {
  return `-----BEGIN ${type}-----\n${body.replace(/.{64}/g, '$&\n')}\n-----END ${type}-----\n`;
}

test.each<[keyof typeof PEM, keyof typeof PEM]>([
  ['rsaCertificate', 'rsaKey'],
  ['rsaCertificate', 'rsaKey8'],
  ['ecCertificate', 'ecKey'],
  ['ecCertificate', 'ecKey8'],
])('%s and %s are a pair', (certificate, key) => {
  expect(keyPairError(PEM[certificate], PEM[key])).toBeUndefined();
  expect(keyPairError(`words before\n${PEM[certificate]}${PEM.rsaCertificate}`, PEM[key])).toBeUndefined();
});

test.each<[string, string, string]>([
  ['tls: private key does not match public key', PEM.rsaCertificate, PEM.otherRsaKey],
  ['tls: private key does not match public key', PEM.ecCertificate, PEM.otherEcKey],
  ['tls: private key type does not match public key type', PEM.ecCertificate, PEM.rsaKey],
  ['tls: failed to find any PEM data in certificate input', 'x', PEM.rsaKey],
  ['tls: failed to find any PEM data in key input', PEM.rsaCertificate, ''],
  [
    'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    PEM.rsaKey,
    PEM.rsaCertificate,
  ],
  ['tls: found a certificate rather than a key in the PEM for the private key', PEM.rsaCertificate, PEM.rsaCertificate],
  ['x509: malformed certificate', block('CERTIFICATE', 'YWJj'), PEM.rsaKey],
  ['tls: failed to parse private key', PEM.rsaCertificate, block('PRIVATE KEY', 'YWJj')],
])('no pair: %s', (why, certificate, key) => {
  expect(keyPairError(certificate, key)).toBe(why);
});
