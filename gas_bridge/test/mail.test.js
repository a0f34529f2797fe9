'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const {
  changes_, day_, dollars_, header_, hour_, html_, mail_, negated_, plain, summary_,
  told_, toldText_,
} = require('./scope');

const SUMMARY = {
  charter_date: '2026-05-30', start_time: '16:30', duration_hours: '3', boat: 'jada',
  dock: 'sheraton', guest_name: 'Zoë Peña', party_size: '4', gross: '1840.75',
  crew_cost: '250.00', captain_cost: '0.00', port_fee: '331.34', net: '1259.41',
  crew: 'Nia (deckhand)', source: 'boatsetter', source_ref: 'BS-1',
  guest_page_url: 'https://g.example/g/x', dispatch_url: 'https://o.example/dispatch/events/e',
};

test('the first mail says it all, on one screen', () => {
  const { subject, body } = mail_(SUMMARY, null, 'production');

  assert.equal(subject, 'New: Sat May 30, Zoë Peña, Jada: party of 4, net $1,259.41');
  assert.equal(body, `New: Zoë Peña, party of 4
Sat May 30, 2026, 4:30 PM, 3 h
Jada, Sheraton

Gross        $1,840.75
Crew          -$250.00
Captain          $0.00
Port fee      -$331.34
Net          $1,259.41

Crew: Nia (deckhand)
Boatsetter BS-1

Open the charter: https://o.example/dispatch/events/e
Guest page: https://g.example/g/x
`);
});

test('a change is told in plain words, and first', () => {
  const now = { ...SUMMARY, charter_date: '2026-06-06', start_time: '09:00', net: '-1.50' };
  const { subject, body } = mail_(now, SUMMARY, 'production');

  assert.equal(subject, 'Changed: Sat Jun 6, Zoë Peña, Jada: date, start, net');
  assert.match(body, new RegExp([
    'What changed',
    'Date: Sat May 30, 2026 -> Sat Jun 6, 2026',
    'Start: 4:30 PM -> 9:00 AM',
    'Net: \\$1,259.41 -> -\\$1.50\n\n',
  ].join('\n')));
});

test('many changes are counted in the subject', () => {
  const now = { ...SUMMARY, boat: 'b', dock: 'd', guest_name: 'g', party_size: '1', crew: '' };

  assert.match(mail_(now, SUMMARY, 'dev').subject, /^\[dev\] .*: boat, dock, guest and 2 more$/);
  assert.equal(changes_(SUMMARY, now)[4].now, 'none');
});

test('a revision that changes nothing here says so', () => {
  assert.match(mail_(SUMMARY, SUMMARY, 'dev').body, /Nothing that this mail shows has changed/);
});

test('what was told is measured against the next revision', () => {
  assert.deepEqual(plain(changes_(told_(toldText_(SUMMARY)), SUMMARY)), []);
  assert.equal(told_(''), null);
  assert.equal(told_('somebody typed here'), null);
});

test('a booking without margin, crew or links is still a mail', () => {
  const payload = { kind: 'booking_summary', booking_id: 'b', revision: 1 };
  const bare = summary_(JSON.stringify(payload), 'booking:b:1');
  const { subject, body, htmlBody } = mail_(bare, null, 'dev');

  assert.equal(subject, '[dev] New: no date: party of ?, net unknown');
  assert.match(body, /^New: no name, party of \?\nno date, no time\n/);
  assert.doesNotMatch(body + htmlBody, /undefined|null|NaN/);
});

test('dollars are dressed and never computed', () => {
  assert.deepEqual(['1234567.8', '0', '-12.5', '289.41', '', 'free', '1.234'].map(dollars_), [
    '$1,234,567.80', '$0.00', '-$12.50', '$289.41', 'unknown', 'free', '1.234',
  ]);
});

test('costs have a minus, refunds of costs lose theirs', () => {
  assert.deepEqual(['250.00', '0.00', '-5.00', ''].map(negated_), ['-250.00', '0.00', '5.00', '']);
});

test('days and hours read as people say them', () => {
  assert.deepEqual(['2026-05-30', '2028-02-29', 'soon', ''].map(day_), [
    'Sat May 30, 2026', 'Tue Feb 29, 2028', 'soon', 'no date',
  ]);
  assert.deepEqual(['00:05', '12:00', '23:59:59', '25:00', ''].map(hour_), [
    '12:05 AM', '12:00 PM', '11:59 PM', '25:00', 'no time',
  ]);
});

test('a header is one line that no mail program decodes', () => {
  assert.equal(header_('a\r\nBcc: b =?utf-8?q?x?='), 'a Bcc: b = ?utf-8?q?x?=');
});

test('html is escaped in texts and attributes', () => {
  assert.equal(html_(`<a b="c" d='e'>&`), '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
});
