const assert = require('node:assert/strict');
const test = require('node:test');

const { run, sourceOf, viewerRequest } = require('./at_the_edge.js');

const SOURCE = sourceOf('guest_pages');
const SLUG = 'abcdefghijklmnopqrstuv2345';
const PAGE = `/g/${SLUG}/index.html`;
const NO_PAGE = '/g/nowhere/index.html';

/** What becomes of a viewer's GET of an address. */
function requestFor(uri, querystring = {}) {
  return run(SOURCE, viewerRequest(uri, { querystring })).returned;
}

for (const name of [
  SLUG, `${SLUG}/`, `${SLUG}.html`, `${SLUG}.html/`, SLUG.toUpperCase(),
  `${SLUG.toUpperCase()}/`, `${SLUG.toUpperCase()}.HTML`, `A${SLUG.slice(1)}.Html`,
  `%61${SLUG.slice(1)}`,
]) {
  test(`/g/${name} is the guest page`, () => {
    assert.equal(requestFor(`/g/${name}`).uri, PAGE);
  });
}

test('the rest of the request stays, but for what nobody asked the bucket', () => {
  assert.deepEqual(requestFor(`/g/${SLUG}`, { versionId: { value: '1' } }), {
    ...viewerRequest(PAGE).request,
    querystring: {},
  });
});

for (const uri of [
  '/g/', '/g', '/', '/g/index.html', `/g/${SLUG}/index.html`, `/g/${SLUG}//`,
  `/g/${SLUG}/photos/1`, `/g/${SLUG}.htm`, `/g/${SLUG}.html.html`, `/g/${SLUG}x`,
  `/g/${SLUG.slice(1)}`, `/g/${SLUG.slice(1)}0`, `/g/${SLUG.slice(1)}1`,
  `/g/..%2f${SLUG}`, `/g/%2e%2e/${SLUG}`, `/g/${SLUG}%0a`, `/g/%E0%A4`, `/g/${SLUG}%2fx`,
  `/G/${SLUG}`, `/static/${SLUG}`, `//g/${SLUG}`, '/g/nowhere',
]) {
  test(`${uri} is no page's address, and asked for like a page that is not there`, () => {
    assert.deepEqual(requestFor(uri), {
      ...viewerRequest(NO_PAGE).request,
      querystring: {},
    });
  });
}

test('it is what CloudFront takes: at most 10 kB, no module, nothing of Node.js', () => {
  assert.ok(Buffer.byteLength(SOURCE) < 10240);
  assert.doesNotMatch(SOURCE, /\b(require|import|export|process|Buffer|eval|async)\b\s*[({.*'"]/);
});
