// The function as CloudFront runs it: nothing but the language around it, and events in
// the shape that AWS documents for version 1.0.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const vm = require('node:vm');

const SOURCE = fs.readFileSync(
  path.join(__dirname, '..', 'cloudfront', 'guest_pages.js'), 'utf8',
);
const SLUG = 'abcdefghijklmnopqrstuv2345';
const PAGE = `/g/${SLUG}/index.html`;

/** What the function returns for a viewer's GET of an address. */
function answerTo(uri, querystring = {}) {
  const sandbox = vm.createContext({ event: viewerRequest(uri, querystring) });
  vm.runInContext(SOURCE, sandbox);
  return JSON.parse(vm.runInContext('JSON.stringify(handler(event))', sandbox));
}

function viewerRequest(uri, querystring) {
  return {
    version: '1.0',
    context: {
      distributionDomainName: 'd111111abcdef8.cloudfront.net',
      distributionId: 'EDFDVBD6EXAMPLE',
      eventType: 'viewer-request',
      requestId: 'EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==',
    },
    viewer: { ip: '198.51.100.11' },
    request: {
      method: 'GET',
      uri,
      querystring,
      headers: {
        host: { value: 'jada.example.com' },
        'user-agent': { value: 'Mozilla/5.0' },
      },
      cookies: { id: { value: 'x', attributes: '' } },
    },
  };
}

for (const name of [
  SLUG, `${SLUG}/`, `${SLUG}.html`, `${SLUG}.html/`, SLUG.toUpperCase(),
  `${SLUG.toUpperCase()}/`, `${SLUG.toUpperCase()}.HTML`, `A${SLUG.slice(1)}.Html`,
  `%61${SLUG.slice(1)}`,
]) {
  test(`/g/${name} is the guest page`, () => {
    assert.equal(answerTo(`/g/${name}`).uri, PAGE);
  });
}

test('the rest of the request stays, but for what nobody asked the bucket', () => {
  const request = answerTo(`/g/${SLUG}`, { versionId: { value: '1' } });

  assert.deepEqual(request, {
    ...viewerRequest(PAGE, {}).request,
    querystring: {},
  });
});

for (const uri of [
  '/g/', '/g', '/', '/g/index.html', `/g/${SLUG}/index.html`, `/g/${SLUG}//`,
  `/g/${SLUG}/photos/1`, `/g/${SLUG}.htm`, `/g/${SLUG}.html.html`, `/g/${SLUG}x`,
  `/g/${SLUG.slice(1)}`, `/g/${SLUG.slice(1)}0`, `/g/${SLUG.slice(1)}1`,
  `/g/..%2f${SLUG}`, `/g/%2e%2e/${SLUG}`, `/g/${SLUG}%0a`, `/g/%E0%A4`, `/g/${SLUG}%2fx`,
  `/G/${SLUG}`, `/static/${SLUG}`, `//g/${SLUG}`,
]) {
  test(`${uri} reaches no bucket`, () => {
    const answer = answerTo(uri);

    assert.equal(answer.statusCode, 404);
    assert.equal(answer.uri, undefined);
    assert.equal(answer.headers['cache-control'].value, 'no-store');
    assert.equal(answer.headers['x-robots-tag'].value, 'noindex, nofollow');
  });
}

test('whatever is wrong gets the same answer', () => {
  assert.deepEqual(answerTo('/g/short'), answerTo(`/g/${SLUG}/photos/1`));
});

test('it is what CloudFront takes: at most 10 kB, no module, nothing of Node.js', () => {
  assert.ok(Buffer.byteLength(SOURCE) < 10240);
  assert.doesNotMatch(SOURCE, /\b(require|import|export|process|Buffer|eval|async)\b\s*[({.*'"]/);
});
