/** A load of creates (`lib/wrk.ts`): each object has a name of its own, within a whole run of the bench. */
let batch = 0;

export function creates(make: (name: string) => unknown): string {
  batch++;
  const body = JSON.stringify(make(`bench-${batch}-NUMBER`));
  const at = body.indexOf('NUMBER');
  return `
local n = 0
local head = [==[${body.slice(0, at)}]==]
local tail = [==[${body.slice(at + 'NUMBER'.length)}]==]
wrk.headers['Content-Type'] = 'application/json'
request = function()
  n = n + 1
  return wrk.format('POST', nil, nil, head .. n .. tail)
end`;
}
