// The limit: a Worker and one object that move the same bytes as the cases do, and do nothing else. No checks, no
// schema, no revisions; a GET is one row's text, a write is two inserts, committed together with what arrived together.
import { DurableObject } from 'cloudflare:workers';

const encoder = new TextEncoder();
const KEY = /^\/api\/v1\/namespaces\/default\/[a-z]+\/([^?]+)/;

export class Bare extends DurableObject {
  #revision = 0;
  #waiting = [];
  #inFlight = 0;
  #created = '';
  #streams = new Set();

  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS log(revision INTEGER PRIMARY KEY, key TEXT, text TEXT)');
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS current(key TEXT PRIMARY KEY, revision INTEGER) WITHOUT ROWID');
    this.#revision = ctx.storage.sql.exec('SELECT coalesce(max(revision), 0) AS newest FROM log').one().newest;
  }

  async fetch(request) {
    this.#inFlight++;
    try {
      return await this.#answer(request);
    } finally {
      this.#inFlight--;
    }
  }

  #answer(request) {
    if (request.headers.get('Upgrade')) return this.#watch();
    if (request.url.includes('watch=true')) return this.#stream();
    const key = KEY.exec(request.url.slice('http://cluster'.length))?.[1];
    if (request.method === 'GET') return key ? this.#get(key) : this.#list();
    if (request.method === 'DELETE') return this.#delete(key);
    return this.#write(request, key);
  }

  #get(key) {
    const sql = 'SELECT text FROM current c JOIN log l ON l.revision = c.revision WHERE c.key = ?';
    const [row] = this.ctx.storage.sql.exec(sql, key);
    return row ? json(row.text) : json('{}', 404);
  }

  #list() {
    const rows = this.ctx.storage.sql.exec(
      'SELECT text FROM current c JOIN log l ON l.revision = c.revision ORDER BY c.key',
    );
    let first = true;
    const pull = (controller) => {
      let text = first ? '{"items":[' : '';
      for (let i = 0; i < 100; i++) {
        const { done, value } = rows.next();
        if (done) {
          controller.enqueue(encoder.encode(`${text}]}`));
          controller.close();
          return;
        }
        text += (first ? '' : ',') + value.text;
        first = false;
      }
      controller.enqueue(encoder.encode(text));
    };
    return json(new ReadableStream({ pull }));
  }

  #delete(key) {
    if (key) this.ctx.storage.sql.exec('DELETE FROM current WHERE key = ?', key);
    else this.ctx.storage.sql.exec('DELETE FROM current');
    return json('{}');
  }

  async #write(request, key) {
    const body = await request.text();
    const name = key ?? /"name":"([^"]+)"/.exec(body)?.[1];
    if (request.method === 'POST') this.#created = body;
    // Enough of a merge patch for one that sets fields of `data`.
    const text = request.method === 'PATCH' ? this.#created.replace('"data":{', `${body.slice(1, -2)},`) : body;
    return new Promise((resolve) => {
      this.#waiting.push({ name, text, resolve });
      if (this.#inFlight === 1) this.#flush();
      else if (this.#waiting.length === 1) setTimeout(() => this.#flush(), 0);
    });
  }

  #flush() {
    const group = this.#waiting;
    this.#waiting = [];
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      for (const write of group) {
        write.revision = ++this.#revision;
        sql.exec('INSERT INTO log VALUES (?, ?, ?)', write.revision, write.name, write.text);
        sql.exec('INSERT OR REPLACE INTO current VALUES (?, ?)', write.name, write.revision);
      }
    });
    const lines = group.map(({ text }) => `{"type":"MODIFIED","object":${text}}\n`).join('');
    for (const socket of this.ctx.getWebSockets()) socket.send(lines);
    if (this.#streams.size > 0) {
      const bytes = encoder.encode(lines);
      for (const writer of this.#streams) writer.write(bytes).catch(() => this.#streams.delete(writer));
    }
    for (const { text, revision, resolve } of group) {
      resolve(json(text.replace('"metadata":{', `"metadata":{"resourceVersion":"${revision}",`), 201));
    }
  }

  #watch() {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** All watchers' responses are this object's own: one entry into the isolate serves them all, and it never sleeps. */
  #stream() {
    const { readable, writable } = new IdentityTransformStream();
    this.#streams.add(writable.getWriter());
    return json(readable);
  }

  webSocketMessage() {}
}

export default {
  async fetch(request, env) {
    const path = request.url.slice(request.url.indexOf('/', 8));
    const stub = env.BARE.get(env.BARE.idFromName('one'));
    if (!path.includes('watch=true') || path.includes('direct=true'))
      return stub.fetch(`http://cluster${path}`, request);
    const answer = await stub.fetch(`http://cluster${path}`, { headers: { Upgrade: 'websocket' } });
    const socket = answer.webSocket;
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    socket.accept();
    socket.addEventListener('message', ({ data }) => {
      writer.write(encoder.encode(data)).catch(() => socket.close());
    });
    return new Response(readable, { headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'identity' } });
  },
};

function json(body, status = 200) {
  return new Response(body, { status, headers: { 'Content-Type': 'application/json' } });
}
