'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const {
  fromRow_, guarded_, headings_, isNewer_, plain, row_, rowNumber_, unguarded_,
} = require('./scope');

const STARTS = ['=', '+', '-', '@', '\t', '\r', '\n', '\u0000', '＝', '＋', '－', '＠', "'", ' ='];

test('whatever may begin a formula gets an apostrophe', () => {
  for (const start of STARTS) assert.equal(guarded_(`${start}1`), `'${start}1`);
});

test('everything else is left as it is', () => {
  for (const text of ['Zoë', '4', '289.41', '2026-05-30', '']) assert.equal(guarded_(text), text);
});

test('a cell reads the same whether Sheets kept the apostrophe or gave it back', () => {
  for (const start of STARTS) {
    const text = `${start}1`;
    assert.equal(unguarded_(guarded_(text)), text);
    assert.equal(unguarded_(text), text);
  }
});

test('a row has a cell for each heading and comes back as it was', () => {
  const summary = { booking_id: '=b', revision: '2', guest_name: "'Tis", net: '-12.50' };
  const row = row_(summary);

  assert.equal(row.length, headings_().length);
  assert.ok(row.length <= 26, 'a new Sheet has 26 columns');
  const { booking_id, revision, guest_name, net, told } = plain(fromRow_(row));
  assert.deepEqual({ booking_id, revision, guest_name, net, told }, { ...summary, told: '' });
});

test('a booking is found by its id, and never in the heading', () => {
  const ids = [['Booking'], ['b1'], ["'=b2"], [3]];

  assert.deepEqual(['b1', '=b2', '3', 'Booking', 'b'].map((id) => rowNumber_(ids, id)), [
    2, 3, 4, 0, 0,
  ]);
});

test('revisions are numbers: 10 is newer than 9', () => {
  assert.equal(isNewer_({ revision: '10' }, { revision: '9' }), true);
  assert.equal(isNewer_({ revision: '9' }, { revision: '9' }), false);
  assert.equal(isNewer_({ revision: '9' }, { revision: '10' }), false);
});

test('a row that was never finished is older than anything', () => {
  assert.equal(isNewer_({ revision: '0' }, { revision: '' }), true);
});
