'use strict';

/** The script's files in one scope, as Apps Script has them; exports what they declare. */

const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');

const FOLDER = join(__dirname, '..', 'src');

const scope = vm.createContext({ module: { exports: {} } });
for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.js'))) {
  vm.runInContext(readFileSync(join(FOLDER, name), 'utf8'), scope, { filename: name });
}

/** Values of the scope are of another realm: as JSON they compare like our own. */
const plain = (value) => JSON.parse(JSON.stringify(value));

module.exports = { ...scope.module.exports, plain, scope };
