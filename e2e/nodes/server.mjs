// The program of the pod of services.test.ts: an admission webhook over HTTPS, and a server that answers with its
// request.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { gzipSync } from 'node:zlib';

const read = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};

createTlsServer(
  { key: readFileSync('/config/key'), cert: readFileSync('/config/certificate') },
  async (request, response) => {
    if (request.method === 'GET') return response.end('secure');
    const { request: asked } = JSON.parse(await read(request));
    if (asked.name === 'slow') return;
    const allowed = asked.name !== 'refused';
    const answer = {
      uid: asked.uid,
      allowed,
      status: { message: `asked at ${request.url} as ${request.headers.host}` },
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response: answer }));
  },
).listen(8443);

const plain = createServer(async (request, response) => {
  const { method, url, headers } = request;
  if (url === '/page') {
    response.setHeader('content-type', 'text/html');
    response.end('<a href="/other">there</a><a href="https://example.com/x">away</a>');
  } else if (url === '/packed') {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
    response.end(gzipSync('<a href="/other">there</a>'));
  } else if (url === '/redirect') {
    response.writeHead(302, { location: '/page' }).end();
  } else if (url.startsWith('/large')) {
    for (let i = 0; i < 64; i++) {
      if (!response.write(Buffer.alloc(256 * 1024, 65 + (i % 26))))
        await new Promise((go) => response.once('drain', go));
    }
    response.end();
  } else if (url === '/endless') {
    response.write('begun\n');
    // The departure of a client shows when something is written to it.
    const more = setInterval(() => response.write('more\n'), 200);
    response.on('close', () => {
      clearInterval(more);
      console.log('the client left');
    });
  } else {
    const body = await read(request);
    response.writeHead(418, { 'content-type': 'application/json', 'x-own': ['one', 'two'] });
    response.end(JSON.stringify({ method, url, headers, body }));
  }
});
plain.on('upgrade', ({ url, headers }, socket) => {
  // Says one short message, and ends.
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const protocol = headers['sec-websocket-protocol'];
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  );
  const text = Buffer.from(`${url} ${headers.cookie} ${headers.host}`);
  socket.end(Buffer.concat([Buffer.of(0x81, text.length), text, Buffer.of(0x88, 0)]));
});
plain.listen(8080);
console.log('listening');
