import { expect, test } from 'vitest';
import { Shell } from './shell.ts';
import { testIo, testWorld } from './testing.ts';

const LIST = 'NAME READY\nweb-1 1/1\nweb-2 0/1\ndb-1 1/1\n';

async function run(line: string, files: Record<string, string> = { list: LIST }) {
  const { world, files: kept } = testWorld(files);
  const io = testIo();
  const code = await new Shell(world).run(line, io);
  return { code, out: io.told, err: io.complained, files: kept };
}

test.each([
  ['cat list | grep web', 'web-1 1/1\nweb-2 0/1\n'],
  ['cat list | grep -v web | wc -l', '2\n'],
  ['cat list | grep -ci NAME', '1\n'],
  ['cat list | grep -A1 web-2', 'web-2 0/1\ndb-1 1/1\n'],
  ['cat list | grep -E "^(db|web-1)"', 'web-1 1/1\ndb-1 1/1\n'],
  ['cat list | grep "a+" ', ''],
  ['cat list | head -2', 'NAME READY\nweb-1 1/1\n'],
  ['cat list | tail -n +2 | sort | head -n1', 'db-1 1/1\n'],
  ['cat list | tail -1', 'db-1 1/1\n'],
  ['cat list | sort -r | cut -d " " -f 1 | head -1', 'web-2\n'],
  ['cat list | cut -d" " -f2 | sort | uniq -c', '      1 0/1\n      2 1/1\n      1 READY\n'],
  ['grep web-1 list', 'web-1 1/1\n'],
  ['head -n 1 < list', 'NAME READY\n'],
  ['echo a > b; echo c >> b; cat b', 'a\nc\n'],
  ['cat <<EOF | wc -w\none two\nEOF', '2\n'],
  ['false && echo no || echo yes', 'yes\n'],
  ['alias l=ls && l', 'list\n'],
  ['ls && rm list && ls', 'list\n'],
])('%s', async (line, out) => {
  expect((await run(line)).out).toBe(out);
});

test('the exit code is that of the last stage', async () => {
  expect((await run('cat list | grep nothing')).code).toBe(1);
  expect((await run('nothing-there')).code).toBe(127);
  expect((await run('cat nope')).err).toBe('cat: nope: No such file or directory\n');
});

test('what is redirected is kept in the file', async () => {
  expect((await run('cat list | grep db > found')).files.get('found')).toBe('db-1 1/1\n');
});

test('k is kubectl, and what is piped in is its input', async () => {
  const { world } = testWorld({}, (path) => {
    if (path === '/api')
      return Response.json({
        items: [
          {
            metadata: {},
            versions: [
              {
                version: 'v1',
                resources: [
                  { resource: 'configmaps', scope: 'Namespaced', verbs: ['get'], responseKind: { kind: 'ConfigMap' } },
                ],
              },
            ],
          },
        ],
      });
    return Response.json({ items: [] });
  });
  const io = testIo();
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
  expect(await new Shell(world).run(`k create -f - --dry-run=client <<EOF\n${manifest}EOF`, io)).toBe(0);
  expect(io.told).toBe('configmap/a created (dry run)\n');
});

test('head ends what it reads from', async () => {
  const { world } = testWorld({ list: LIST });
  const io = testIo();
  const shell = new Shell(world);
  let rounds = 0;
  world.clock.sleep = async () => void rounds++;
  expect(await shell.run('watch cat list | head -3', io)).toBe(0);
  expect(rounds).toBeLessThan(3);
});

test.each([
  ['A=one; echo $A "$A" $A"s" \'$A\' \\$A', 'one one ones $A $A\n'],
  ['export NAME="$(cat list | tail -1 | cut -d" " -f1)"; echo "is $NAME"', 'is db-1\n'],
  ['for_=`echo in backticks`; echo $for_', 'in backticks\n'],
  ['echo $(cat list | cut -d" " -f1)', 'NAME web-1 web-2 db-1\n'],
  ['echo "$(cat list | head -2)"', 'NAME READY\nweb-1 1/1\n'],
  ['A="x y"; rm $A; echo $?', '1\n'],
  ['echo a$NOTHING$NOTHING b $NOTHING "$NOTHING"', 'a b \n'],
  ['A=list; B=$(cat $(echo $A) | wc -l); echo $B', '4\n'],
  ["A='a; rm list'; echo $A; ls", 'a; rm list\nlist\n'],
  ['A=1; unset A; echo "<$A>"', '<>\n'],
  ["echo '{{range $i, $c := .spec}}'", '{{range $i, $c := .spec}}\n'],
])('variables and what lines print: %s', async (line, out) => {
  expect((await run(line)).out).toBe(out);
});

test('a bracket that is open goes on in the next line', async () => {
  expect((await run('echo $(cat list')).err).toContain('unexpected end');
  expect((await run('echo $(cat list\n)')).out).toContain('web-1 1/1');
});
