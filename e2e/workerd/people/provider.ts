/** An OpenID Connect provider of the tests' own, which knows one person at a time and misbehaves when it is told to. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export type Misbehaviour =
  | 'other nonce'
  | 'other issuer in the token'
  | 'other audience'
  | 'expired token'
  | 'other key'
  | 'no token'
  | 'other issuer in the answer'
  | 'other issuer in the metadata'
  | 'person declines'
  | 'broken';

interface Grant {
  nonce: string;
  challenge: string;
  redirectUri: string;
  claims: Record<string, unknown>;
}

export const CLIENT_ID = 'islet';
export const CLIENT_SECRET = 'hush & "hush"';

export class OidcProvider implements AsyncDisposable {
  issuer = 'http://127.0.0.1:1';
  /** The claims of the person who is at its page. */
  person: Record<string, unknown> = { sub: 'ada', email: 'ada@example.com', email_verified: true, name: 'Ada' };
  misbehaves: Misbehaviour | undefined;
  readonly #keys = generateKeyPair('RS256');
  readonly #others = generateKeyPair('RS256');
  readonly #grants = new Map<string, Grant>();
  #server: Server | undefined;

  /** Resolves when it listens. */
  async listen(): Promise<this> {
    this.#server = createServer((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        const url = new URL(request.url ?? '/', this.issuer);
        const answer = await this.answer(url, body, request.headers.authorization);
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
      })();
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async answer(url: URL, body = '', authorization?: string): Promise<Response> {
    if (this.misbehaves === 'broken') return new Response('no', { status: 500 });
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return Response.json(this.#metadata());
      case '/jwks': {
        const { publicKey } = await this.#keys;
        return Response.json({ keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256', use: 'sig', kid: 'one' }] });
      }
      case '/authorize':
        return this.#authorize(url.searchParams);
      case '/token':
        return this.#token(new URLSearchParams(body), authorization);
      default:
        return new Response('no', { status: 404 });
    }
  }

  #metadata(): object {
    const { issuer } = this;
    return {
      issuer: this.misbehaves === 'other issuer in the metadata' ? 'http://127.0.0.1:2' : issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** The person agrees at once. */
  #authorize(asked: URLSearchParams): Response {
    const of = (name: string) => asked.get(name) ?? '';
    const isWhole = of('client_id') === CLIENT_ID && of('response_type') === 'code' && of('nonce') !== '';
    if (!isWhole || of('code_challenge_method') !== 'S256') return new Response('a malformed request', { status: 400 });
    const back = new URL(of('redirect_uri'));
    back.searchParams.set('state', of('state'));
    back.searchParams.set('iss', this.misbehaves === 'other issuer in the answer' ? 'http://evil' : this.issuer);
    if (this.misbehaves === 'person declines') {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'the person <b>declined</b>');
    } else {
      const code = randomUUID();
      const claims = { ...this.person };
      const grant = { nonce: of('nonce'), challenge: of('code_challenge'), redirectUri: of('redirect_uri'), claims };
      this.#grants.set(code, grant);
      back.searchParams.set('code', code);
    }
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  async #token(asked: URLSearchParams, authorization = ''): Promise<Response> {
    const refuse = (error: string) => Response.json({ error }, { status: 400 });
    const given = Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    const [id, secret] = given.map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
    if (id !== CLIENT_ID || secret !== CLIENT_SECRET) return refuse('invalid_client');
    const code = asked.get('code') ?? '';
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    const proof = createHash('sha256')
      .update(asked.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant?.challenge !== proof || grant.redirectUri !== asked.get('redirect_uri')) return refuse('invalid_grant');
    const tokens = { access_token: 'a', token_type: 'bearer' };
    if (this.misbehaves === 'no token') return Response.json(tokens);
    return Response.json({ ...tokens, id_token: await this.#idToken(grant) });
  }

  async #idToken({ nonce, claims }: Grant): Promise<string> {
    const { privateKey } = await (this.misbehaves === 'other key' ? this.#others : this.#keys);
    const now = Math.floor(Date.now() / 1000);
    const lasts = this.misbehaves === 'expired token' ? -3600 : 300;
    return new SignJWT({ ...claims, nonce: this.misbehaves === 'other nonce' ? 'x' : nonce })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(this.misbehaves === 'other issuer in the token' ? 'http://127.0.0.1:2' : this.issuer)
      .setAudience(this.misbehaves === 'other audience' ? 'another' : CLIENT_ID)
      .setIssuedAt(now - 10)
      .setExpirationTime(now + lasts)
      .sign(privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
  }
}
