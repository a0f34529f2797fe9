'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { envelope_, hex_, isSame_, isSecret_, isStale_, plain, signedText_ } = require('./scope');

const ENVELOPE = { v: 1, ts: 1780000000, id: 'booking:b:1', payload: 'e30=', sig: 'a'.repeat(64) };

test('an envelope of the right shape is taken as it is', () => {
  assert.deepEqual(plain(envelope_(JSON.stringify(ENVELOPE))), ENVELOPE);
});

test('60,000 characters are taken, one more is not', () => {
  const bare = JSON.stringify(ENVELOPE);
  const padded = (length) => bare.slice(0, -1) + ' '.repeat(length - bare.length) + '}';

  assert.notEqual(envelope_(padded(60000)), null);
  assert.equal(envelope_(padded(60001)), null);
});

test('a request without a body is no envelope', () => {
  assert.equal(envelope_(undefined), null);
});

test('an id may hold colons, and ends with its revision', () => {
  const withId = (id) => envelope_(JSON.stringify({ ...ENVELOPE, id }));

  assert.notEqual(withId('booking:boatsetter:BS-1:12'), null);
  assert.equal(withId('booking:b:1.5'), null);
  assert.equal(withId('booking:b'), null);
});

test('300 seconds are no matter, 301 are', () => {
  assert.deepEqual([-301, -300, 0, 300, 301].map((skew) => isStale_(1000, 1000 + skew)), [
    true, false, false, false, true,
  ]);
});

test('the stage is signed, although it is not sent', () => {
  assert.equal(signedText_(ENVELOPE, 'dev'), 'v1\ndev\n1780000000\nbooking:b:1\ne30=');
});

test('signed bytes become lowercase hex', () => {
  assert.equal(hex_([-1, 0, 10, 127, -128]), 'ff000a7f80');
});

test('texts are the same to the last character, or not', () => {
  assert.equal(isSame_('abc', 'abc'), true);
  assert.equal(isSame_('abc', 'abd'), false);
  assert.equal(isSame_('abc', 'abcd'), false);
  assert.equal(isSame_('abcd', 'abc'), false);
});

test('a secret has 32 or more printable ASCII characters', () => {
  assert.equal(isSecret_('x'.repeat(32)), true);
  assert.equal(isSecret_('x'.repeat(31)), false);
  assert.equal(isSecret_(`${'x'.repeat(32)}\n`), false);
  assert.equal(isSecret_('é'.repeat(32)), false);
});
