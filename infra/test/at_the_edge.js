// A function as CloudFront runs it: nothing but the language around it, and events in the
// shape that AWS documents for version 1.0. Its one module is here what notes the origin
// that was chosen.

const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const IMPORT = /^import cf from 'cloudfront';$/m;

function sourceOf(name) {
  return fs.readFileSync(path.join(__dirname, '..', 'cloudfront', `${name}.js`), 'utf8');
}

/** What a function returns, and which origin it chose, if any. */
function run(source, event) {
  const sandbox = vm.createContext({ event, chosen: [] });
  const module = 'const cf = { selectRequestOriginById: (id) => { chosen.push(id); } };';
  vm.runInContext(source.replace(IMPORT, module), sandbox);
  const answer = 'JSON.stringify({ returned: handler(event), chosen })';
  return JSON.parse(vm.runInContext(answer, sandbox));
}

function viewerRequest(uri, { method = 'GET', querystring = {}, headers = {} } = {}) {
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
      method,
      uri,
      querystring,
      headers: {
        host: { value: 'jada.example.com' },
        'user-agent': { value: 'Mozilla/5.0' },
        ...headers,
      },
      cookies: { id: { value: 'x', attributes: '' } },
    },
  };
}

module.exports = { run, sourceOf, viewerRequest };
