'use strict';

const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const js = require('@eslint/js');

const GOOGLE = [
  'ContentService', 'LockService', 'MailApp', 'PropertiesService', 'SpreadsheetApp',
  'Utilities', 'console',
];
const NODE = ['__dirname', 'console', 'module', 'process', 'require'];

/** Files in Apps Script share one scope: what one declares, the others may use. */
function declared(folder) {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return sources.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return [...text.matchAll(/^(?:function|const) (\w+)/gm)].map((match) => match[1]);
  });
}

const readable = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

module.exports = [
  { ignores: ['node_modules/'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      complexity: ['error', 8],
      eqeqeq: 'error',
      'max-len': ['error', { code: 100, ignoreRegExpLiterals: true }],
      'no-implicit-globals': 'off',
      'no-shadow': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.js'],
    languageOptions: {
      ecmaVersion: 2020,
      sourceType: 'script',
      globals: readable([...GOOGLE, 'module', ...declared(join(__dirname, 'src'))]),
    },
    rules: {
      'no-redeclare': ['error', { builtinGlobals: false }],
      'no-unused-vars': ['error', { vars: 'local' }],
    },
  },
  {
    files: ['*.js', 'test/**/*.js'],
    languageOptions: { ecmaVersion: 2023, sourceType: 'commonjs', globals: readable(NODE) },
  },
];
