'use strict';

/**
 * One run of the Apps Script: a thread with a bare V8 context that has Google's services
 * and nothing of node's. What is not here throws, as a misspelled method does at Google.
 */

const { createHmac } = require('node:crypto');
const vm = require('node:vm');
const { receiveMessageOnPort, workerData } = require('node:worker_threads');

const { scripts, name, event, port, signal } = workerData;
let pending = []; // writes that Google has not seen yet

/** Asks the host and blocks until it answers, as a call to Google does. */
function call(service, argument = null) {
  Atomics.store(signal, 0, 0);
  port.postMessage({ service, argument });
  Atomics.wait(signal, 0, 0);
  return receiveMessageOnPort(port).message;
}

function flush(service = 'write') {
  const writes = pending;
  pending = [];
  if (writes.length) call(service, writes);
}

/** An object that has these members and takes offence at all others. */
function strict(what, members) {
  return new Proxy(members, {
    get(target, key) {
      if (typeof key === 'symbol' || Object.hasOwn(target, key)) return target[key];
      throw new TypeError(`${what}.${key} is not a function`);
    },
    set(target, key) {
      throw new TypeError(`${what}.${String(key)} cannot be set`);
    },
  });
}

/** Refuses arguments of another number or type, as Google's signatures do. */
function typed(what, types, act) {
  return (...given) => {
    const kinds = given.map((value) => (Array.isArray(value) ? 'array' : typeof value));
    const fits = types.some((kind) => kind.join() === kinds.join());
    if (!fits) throw new Error(`The parameters (${kinds}) don't match the signature of ${what}.`);
    return act(...given);
  };
}

function members(what, signatures) {
  const made = Object.entries(signatures).map(([key, value]) => {
    if (!Array.isArray(value)) return [key, value];
    const [types, act] = value;
    return [key, typed(`${what}.${key}`, types, act)];
  });
  return strict(what, Object.fromEntries(made));
}

const NONE = [[]];
const TEXT = [['string']];
const NUMBER = [['number']];

// Spreadsheets.

function spreadsheet(id) {
  return members('Spreadsheet', {
    getId: [NONE, () => id],
    getUrl: [NONE, () => `https://docs.google.com/spreadsheets/d/${id}/edit`],
    getSheetByName: [TEXT, (tab) => (flush(), call('read', { id, tab }) ? sheet(id, tab) : null)],
    insertSheet: [TEXT, (tab) => {
      flush();
      if (call('read', { id, tab })) throw new Error(`A sheet named ${tab} exists already.`);
      pending.push({ what: 'insert', id, tab });
      return sheet(id, tab);
    }],
  });
}

function sheet(id, tab) {
  let max = 0;
  const kept = () => {
    flush();
    const now = call('read', { id, tab });
    ({ max } = now);
    return now;
  };
  const isInside = (row, column) => row <= max && column <= 26;
  const write = (change) => void pending.push({ id, tab, ...change });
  return members('Sheet', {
    getLastRow: [NONE, () => kept().rows.length],
    getMaxRows: [NONE, () => kept().max],
    appendRow: [[['array']], (values) => write({ what: 'append', values: plain(values) })],
    getRange: [[['number', 'number', 'number', 'number']], (...at) => {
      const [row, column, height, width] = at;
      if (Math.min(...at) < 1) throw new Error('The coordinates of the range are invalid.');
      const end = [row + height - 1, column + width - 1];
      if (!isInside(...end) && (kept(), !isInside(...end))) {
        throw new Error('The coordinates of the range are outside the dimensions of the sheet.');
      }
      return range(kept, write, at);
    }],
    setFrozenRows: [NUMBER, (frozen) => write({ what: 'dress', dress: { frozen } })],
    hideColumns: [NUMBER, (column) => write({ what: 'dress', dress: { hidden: [column] } })],
  });
}

function range(kept, write, at) {
  const [row, column, height, width] = at;
  const self = members('Range', {
    getValues: [NONE, () => {
      const { rows } = kept();
      return Array.from({ length: height }, (_, r) =>
        Array.from({ length: width }, (__, c) => rows[row - 1 + r]?.[column - 1 + c]?.value ?? ''),
      );
    }],
    setValues: [[['array']], (values) => {
      const fits = values.length === height && values.every((line) => line.length === width);
      if (!fits) throw new Error('The number of rows or columns does not match the range.');
      write({ what: 'values', at, values: values.map(plain) });
      return self;
    }],
    setNumberFormat: [TEXT, (format) => (write({ what: 'format', at, format }), self)],
    setFontWeight: [TEXT, () => (write({ what: 'dress', dress: { bold: at } }), self)],
  });
  return self;
}

function plain(values) {
  return values.map((value) => {
    if (['string', 'number', 'boolean'].includes(typeof value)) return value;
    throw new Error(`A cell cannot hold ${typeof value}.`);
  });
}

// Texts, bytes and secrets.

function ascii(text) {
  return Buffer.from([...text].map((letter) => (letter > '\x7f' ? 0x3f : letter.charCodeAt(0))));
}

const bytesOf = (text, charset = 'US_ASCII') =>
  charset === 'UTF_8' ? Buffer.from(text, 'utf8') : ascii(text);

const signed = (buffer) => Array.from(new Int8Array(buffer));

function decodeWebSafe(text) {
  if (!/^[\w-]*={0,2}$/.test(text)) throw new Error('Could not decode string.');
  return signed(Buffer.from(text, 'base64url'));
}

function blob(bytes) {
  const buffer = Buffer.from(Int8Array.from(bytes));
  return members('Blob', {
    getDataAsString: [TEXT, (charset) => new TextDecoder(charset).decode(buffer)],
  });
}

// Mails.

const MAIL_FIELDS = ['to', 'subject', 'body', 'htmlBody', 'name'];

function sendEmail(mail) {
  const strange = Object.keys(mail).filter((key) => !MAIL_FIELDS.includes(key));
  if (strange.length) throw new Error(`Invalid argument: ${strange}`);
  if (!/^[^\s@]+@[^\s@]+$/.test(mail.to ?? '')) throw new Error('Invalid email: to');
  const sent = call('mail', { ...mail });
  if (!sent) throw new Error('Service invoked too many times for one day: email.');
}

// The scope.

const outputs = new WeakMap();

function textOutput(content) {
  const output = members('TextOutput', {
    setMimeType: [TEXT, (mime) => {
      outputs.get(output).mime = mime;
      return output;
    }],
  });
  outputs.set(output, { content, mime: 'text/plain' });
  return output;
}

const line = (...parts) => void call('log', parts.map(String).join(' '));

const lock = members('Lock', {
  tryLock: [NUMBER, (wait) => call('lock', wait)],
  releaseLock: [NONE, () => void call('unlock')],
});

const properties = members('Properties', {
  getProperty: [TEXT, (key) => call('property', key)],
  setProperty: [[['string', 'string']], (key, value) => void call('setProperty', [key, value])],
});

const scope = {
  console: strict('console', { log: line, info: line, warn: line, error: line }),
  ContentService: members('ContentService', {
    MimeType: strict('MimeType', { JSON: 'application/json', TEXT: 'text/plain' }),
    createTextOutput: [TEXT, textOutput],
  }),
  LockService: members('LockService', { getScriptLock: [NONE, () => lock] }),
  MailApp: members('MailApp', {
    sendEmail: [[['object']], sendEmail],
    getRemainingDailyQuota: [NONE, () => call('quota')],
  }),
  PropertiesService: members('PropertiesService', {
    getScriptProperties: [NONE, () => properties],
  }),
  SpreadsheetApp: members('SpreadsheetApp', {
    openById: [TEXT, (id) => {
      if (!call('spreadsheet', id)) throw new Error('Requested entity was not found.');
      return spreadsheet(id);
    }],
    create: [TEXT, (title) => spreadsheet(call('create', title))],
    flush: [NONE, () => flush()],
  }),
  Utilities: members('Utilities', {
    Charset: strict('Charset', { UTF_8: 'UTF_8', US_ASCII: 'US_ASCII' }),
    base64DecodeWebSafe: [TEXT, decodeWebSafe],
    computeHmacSha256Signature: [
      [['string', 'string'], ['string', 'string', 'string']],
      (text, key, charset) =>
        signed(createHmac('sha256', bytesOf(key, charset)).update(bytesOf(text, charset)).digest()),
    ],
    newBlob: [[['array']], blob],
  }),
};

function execute() {
  const context = vm.createContext(scope);
  for (const { name: filename, text } of scripts) vm.runInContext(text, context, { filename });
  const output = context[name](event ?? undefined);
  return outputs.get(output) ?? { error: 'The script completed but returned nothing to show.' };
}

function end(ended) {
  flush('writeLate');
  call('end', ended);
}

try {
  const ended = execute();
  end(name === 'setup' ? { ok: true } : ended);
} catch (error) {
  end({ error: String(error?.stack ?? error) });
}
