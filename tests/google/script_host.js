'use strict';

/**
 * Google, as far as our Apps Script can tell: runs its real sources on node and serves them
 * as a web app, with the answer behind a 302 to a second origin.
 *
 * Each request is a thread of its own (script_run.js) that blocks while it speaks to the
 * services kept here. Orders come as lines of JSON on stdin, answers go out on stdout.
 */

const { randomUUID } = require('node:crypto');
const { readFileSync, readdirSync } = require('node:fs');
const http = require('node:http');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { MessageChannel, Worker } = require('node:worker_threads');

const RUN = join(__dirname, 'script_run.js');
const SIGN_IN = 'https://accounts.google.com/v3/signin/ServiceLogin?continue=x';

let google; // what Google keeps between two runs; order "reset" makes it anew
let echoes; // answers that wait to be fetched once
let runs = 0;

function fresh({ sources, properties, grid = 1000, latency = 1 }) {
  const names = readdirSync(sources).filter((name) => name.endsWith('.js')).sort();
  echoes = new Map();
  return {
    scripts: names.map((name) => ({ name, text: readFileSync(join(sources, name), 'utf8') })),
    properties,
    grid,
    latency,
    patience: Infinity, // ms for which a lock is waited for, however long a run would
    spreadsheets: { 'sheet-1': { name: 'Bookings', tabs: {} } },
    mails: [],
    quota: 100,
    logs: [],
    faults: [],
    lock: { holder: 0, waiting: [] },
    active: 0,
    late: [],
  };
}

// What a run may ask for. Each takes the run's number and the arguments, and answers once.

const services = {
  property: (run, name, answer) => answer(google.properties[name] ?? null),
  setProperty: (run, [name, value], answer) => answer((google.properties[name] = value)),
  log: (run, line, answer) => answer(google.logs.push(line)),
  quota: (run, nothing, answer) => answer(google.quota),
  lock: (run, wait, answer) => takeLock(run, wait, answer),
  unlock: (run, nothing, answer) => answer(dropLock(run)),
  spreadsheet: (run, id, answer) => answer(Boolean(google.spreadsheets[id])),
  create: (run, name, answer) => {
    const id = `sheet-${Object.keys(google.spreadsheets).length + 1}`;
    google.spreadsheets[id] = { name, tabs: {} };
    answer(id);
  },
  mail: (run, mail, answer) => {
    if (google.quota === 0) return answer(false);
    google.quota -= 1;
    google.mails.push(mail);
    return answer(true);
  },
  read: (run, { id, tab }, answer) => later(() => answer(google.spreadsheets[id].tabs[tab])),
  write: (run, writes, answer) => later(() => answer(writes.forEach(apply))),
  writeLate: (run, writes, answer) => {
    google.late.push(() => answer(writes.forEach(apply)));
    writeLate();
  },
};

function later(act) {
  setTimeout(act, google.latency);
}

/**
 * What runs left unwritten comes when they are over, without their lock. Nobody promises
 * when: here as late as can be, after all that runs beside them.
 */
function writeLate() {
  if (google.late.length < google.active) return;
  google.late.splice(0).forEach((write) => write());
}

/** A mutex between runs; one that has ended, however, holds nothing. */
function takeLock(run, wait, answer) {
  const { lock } = google;
  if (lock.holder === 0 || lock.holder === run) return answer(Boolean((lock.holder = run)));
  const waiter = { run, answer };
  waiter.timer = setTimeout(() => {
    lock.waiting = lock.waiting.filter((other) => other !== waiter);
    answer(false);
  }, Math.min(wait, google.patience));
  return lock.waiting.push(waiter);
}

function dropLock(run) {
  const { lock } = google;
  lock.waiting = lock.waiting.filter((waiter) => waiter.run !== run || clearTimeout(waiter.timer));
  if (lock.holder !== run) return;
  lock.holder = 0;
  const next = lock.waiting.shift();
  if (!next) return;
  clearTimeout(next.timer);
  lock.holder = next.run;
  next.answer(true);
}

// The sheets. A cell is {value, kind}; formats are kept as the areas they were set on.

const changes = {
  insert: (tabs, { tab }) => {
    tabs[tab] = { rows: [], formats: [], max: google.grid, hidden: [], frozen: 0, bold: [] };
  },
  append: (tabs, { tab, values }) => {
    const sheet = tabs[tab];
    fill(sheet, sheet.rows.length, 0, [values]);
    sheet.max = Math.max(sheet.max, sheet.rows.length);
  },
  format: (tabs, { tab, at, format }) => tabs[tab].formats.unshift({ at, format }),
  values: (tabs, { tab, at, values }) => fill(tabs[tab], at[0] - 1, at[1] - 1, values),
  dress: (tabs, { tab, dress }) => Object.assign(tabs[tab], dress),
};

function apply(change) {
  changes[change.what](google.spreadsheets[change.id].tabs, change);
}

function fill(sheet, top, left, values) {
  values.forEach((line, r) => {
    const cells = (sheet.rows[top + r] ??= []);
    line.forEach((value, c) => {
      cells[left + c] = typed(value, formatAt(sheet, top + r + 1, left + c + 1));
    });
  });
}

function formatAt(sheet, row, column) {
  const area = sheet.formats.find(({ at: [top, left, height, width] }) =>
    row >= top && row < top + height && column >= left && column < left + width);
  return area?.format ?? '';
}

/**
 * What Sheets makes of a value. Nobody promises that plain text (@) keeps a formula from
 * being one, so that here it does not: only the apostrophe does.
 */
function typed(value, format) {
  if (typeof value !== 'string') return { value, kind: typeof value };
  if (value.startsWith("'")) return { value: value.slice(1), kind: 'text' };
  if (/^[\s\u0000]*[=+\-@＝＋－＠]/.test(value)) return { value, kind: 'formula' };
  if (format === '@') return { value, kind: 'text' };
  if (/^\d+(\.\d+)?$/.test(value)) return { value: Number(value), kind: 'number' };
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return { value, kind: 'date' };
  return { value, kind: 'text' };
}

// The runs.

/** Runs one function in a bare context; `then` gets how it ended. */
function run(name, event, fault, then) {
  const number = (runs += 1);
  const here = google;
  here.active += 1;
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  let left = fault.dies_after ?? Infinity;
  const worker = new Worker(RUN, {
    workerData: { scripts: google.scripts, name, event, port: port2, signal },
    transferList: [port2],
  });
  let ended = { error: 'The run was killed.' };
  port1.on('message', ({ service, argument }) => {
    if (service === 'end') ended = argument;
    if (left === 0) return void worker.terminate();
    left -= service === 'log' || service === 'end' ? 0 : 1;
    const answer = (value) => {
      port1.postMessage(value);
      Atomics.store(signal, 0, 1);
      Atomics.notify(signal, 0);
    };
    return service === 'end' ? answer(true) : services[service](number, argument, answer);
  });
  worker.on('error', (error) => {
    ended = { error: error.message };
  });
  worker.on('exit', () => {
    dropLock(number);
    here.active -= 1;
    writeLate();
    port1.close();
    if (ended.error) google.logs.push(`ended: ${ended.error}`);
    then(ended);
  });
}

// The two origins.

const PAGE = '<!DOCTYPE html><html><head><title>Error</title></head><body>Error</body></html>';

function html(response, status = 200, headers = {}, content = PAGE) {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
  response.end(content);
}

function body(request, then) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => then(Buffer.concat(parts)));
}

const exec = http.createServer((request, response) => {
  body(request, (bytes) => {
    const fault = google.faults.shift() ?? {};
    if (fault.sign_in) return response.writeHead(302, { Location: SIGN_IN }).end();
    if (fault.status) return html(response, fault.status, fault.headers, fault.content);
    const name = request.method === 'POST' ? 'doPost' : 'doGet';
    return run(name, eventOf(request, bytes), fault, (ended) => reply(response, ended, fault));
  });
});

/** No headers, and any bytes are text: that is all a script sees of a request. */
function eventOf(request, bytes) {
  const event = { parameter: {}, parameters: {}, queryString: '', contextPath: '' };
  if (request.method !== 'POST') return { ...event, contentLength: -1 };
  const type = request.headers['content-type'] ?? '';
  const postData = { type, length: bytes.length, contents: bytes.toString('utf8'), name: 'postData' };
  return { ...event, contentLength: bytes.length, postData };
}

function reply(response, ended, { delay, ...fault }) {
  if (delay) return setTimeout(() => reply(response, ended, fault), delay);
  if (fault.drop) return response.destroy();
  if ('location' in fault) return response.writeHead(302, { Location: fault.location }).end();
  if (ended.error) return html(response);
  const key = randomUUID();
  echoes.set(key, { ...ended, fault });
  const location = `${echoOrigin()}/macros/echo?user_content_key=${key}&lib=x`;
  const headers = { Location: location, 'Content-Type': 'text/html; charset=UTF-8' };
  return response.writeHead(302, headers).end('<HTML><BODY>Moved Temporarily</BODY></HTML>');
}

const echo = http.createServer((request, response) => {
  body(request, (bytes) => {
    const key = new URL(request.url, echoOrigin()).searchParams.get('user_content_key');
    const kept = echoes.get(key);
    echoes.delete(key);
    if (request.method !== 'GET' || bytes.length) return html(response, 405);
    if (!kept || kept.fault.echo === 'lost') return html(response, 404);
    return show(response, kept);
  });
});

function show(response, { content, mime, fault }) {
  const headers = { 'Content-Type': `${mime}; charset=utf-8` };
  if (fault.echo === 'drop') return response.destroy();
  if (fault.echo === 'html') return html(response);
  if (fault.echo === 'sign_in') return response.writeHead(302, { Location: SIGN_IN }).end();
  if (fault.echo === 'drip') return drip(response, headers);
  if (fault.echo === 'cut') {
    response.writeHead(200, { ...headers, 'Content-Length': content.length + 9 });
    return response.write(content, () => response.destroy());
  }
  return response.writeHead(200, headers).end(fault.content ?? content);
}

function drip(response, headers) {
  response.writeHead(200, headers);
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}

function echoOrigin() {
  return `http://127.0.0.1:${echo.address().port}`;
}

// Orders.

const orders = {
  reset: (order, done) => done(Boolean((google = fresh(order)))),
  state: (order, done) => {
    const { spreadsheets, mails, logs, properties } = google;
    done({ spreadsheets, mails, logs, properties });
  },
  faults: ({ faults }, done) => done(google.faults.push(...faults)),
  set: ({ values }, done) => done(Boolean(Object.assign(google, values))),
  edit: ({ id, tab, row, column, value }, done) => {
    const at = [row, column, 1, 1];
    done(apply({ what: 'values', id, tab, at, values: [[value]] }) ?? true);
  },
  run: ({ name }, done) => run(name, null, {}, done),
};

exec.listen(0, '127.0.0.1', () =>
  echo.listen(0, '127.0.0.1', () => {
    const lines = createInterface({ input: process.stdin });
    const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
    lines.on('line', (line) => {
      const order = JSON.parse(line);
      orders[order.order](order, (answer) => say({ answer }));
    });
    lines.on('close', () => process.exit());
    say({ endpoint: `http://127.0.0.1:${exec.address().port}/macros/s/x/exec`, echo: echoOrigin() });
  }),
);
