'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { clean_, crewText_, plain, summary_ } = require('./scope');

const PAYLOAD = { kind: 'booking_summary', booking_id: 'b', revision: 2 };
const summary = (changes) => summary_(JSON.stringify({ ...PAYLOAD, ...changes }), 'booking:b:2');

test('what is not said is empty', () => {
  const { booking_id, revision, guest_name, net, crew } = plain(summary({}));

  assert.deepEqual([booking_id, revision, guest_name, net, crew], ['b', '2', '', '', '']);
});

test('numbers are as good as texts', () => {
  const { duration_hours, party_size, net } = summary({
    duration_hours: 2.5,
    party_size: '4',
    margin: { net: 289.41 },
  });

  assert.deepEqual([duration_hours, party_size, net], ['2.5', '4', '289.41']);
});

test('what nobody asked for is left out', () => {
  assert.equal(summary({ special_requests: 'x' }).special_requests, undefined);
});

test('the envelope must be about the same booking and revision', () => {
  assert.equal(summary_(JSON.stringify(PAYLOAD), 'booking:b:3'), null);
  assert.equal(summary_(JSON.stringify(PAYLOAD), 'booking:c:2'), null);
});

test('crew is named by name, else by id, with the role', () => {
  const crew = [{ name: 'Nia', crew_id: 'C1', role: 'deckhand' }, { crew_id: 'C2' }, 'Tom', {}];

  assert.equal(crewText_(crew), 'Nia (deckhand), C2, Tom, nobody yet');
});

test('text becomes one visible line', () => {
  assert.equal(clean_('  a\r\nb\u2028c\u0000\td\u202e\ufeff '), 'a b c d');
  assert.equal(clean_(null), '');
});

test('text is cut at 500, never through an emoji', () => {
  assert.equal(clean_('x'.repeat(600)).length, 500);
  assert.equal(clean_(`${'x'.repeat(499)}⛵🚤`), `${'x'.repeat(499)}⛵`);
  assert.equal(clean_(`${'x'.repeat(499)}🚤`), 'x'.repeat(499));
});

test('families and flags keep their joiner', () => {
  assert.equal(clean_('👩‍✈️'), '👩‍✈️');
});
