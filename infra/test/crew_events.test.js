const assert = require('node:assert/strict');
const test = require('node:test');

const { run, sourceOf, viewerRequest } = require('./at_the_edge.js');

const SOURCE = sourceOf('crew_events');
const EVENT = '/events/EV_01';
const KEY = { 'x-service-key': { value: 's'.repeat(32) } };

/** Who answers; the origin of the behaviour where the function chose none. */
function whoAnswers(request) {
  const { returned, chosen } = run(SOURCE, request);
  assert.deepEqual(returned, request.request);
  return chosen.length ? chosen.join() : 'public';
}

for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE']) {
  test(`a ${method} of the crew is the public function's`, () => {
    assert.equal(whoAnswers(viewerRequest(EVENT, { method })), 'public');
  });

  test(`a ${method} with the service key is the office's`, () => {
    assert.equal(whoAnswers(viewerRequest(EVENT, { method, headers: KEY })), 'dispatch');
  });
}

test('a change is the office\'s, with the service key and without', () => {
  for (const headers of [{}, KEY]) {
    assert.equal(whoAnswers(viewerRequest(EVENT, { method: 'PATCH', headers })), 'dispatch');
  }
});

test('an empty key is the office\'s too, which refuses it', () => {
  const headers = { 'x-service-key': { value: '' } };

  assert.equal(whoAnswers(viewerRequest(EVENT, { headers })), 'dispatch');
});

test('it is what CloudFront takes: at most 10 kB, its own module first and no other', () => {
  assert.ok(Buffer.byteLength(SOURCE) < 10240);
  assert.ok(SOURCE.startsWith("import cf from 'cloudfront';\n"));
  assert.doesNotMatch(
    SOURCE.slice(1), /\b(require|import|export|process|Buffer|eval|async)\b\s*[({.*'"]/,
  );
});
