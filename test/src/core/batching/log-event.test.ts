import { isUtf8 } from 'node:buffer';
import { splitMessage, toLogEvents } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const NOON = 1_795_521_600_000;
const OVERHEAD = 26;
const LONGEST = 1_048_550;

for (const [what, message, bytes] of [
  ['one ASCII character', 'a', 27],
  ['ASCII', 'hello', 31],
  ['a character of 2 bytes', 'é', 28],
  ['a character of 3 bytes', '€', 29],
  ['a character of 4 bytes', '🙃', 30],
  ['quotes and newlines, which count without escapes', '"\n\\\u0000', 30],
  ['a space', ' ', 27],
] as const) {
  test(`an event counts its message in UTF-8 plus 26 bytes: ${what}`, (t) => {
    t.deepEqual(
      toLogEvents(NOON, message).map((event) => event.bytes),
      [bytes],
    );
  });
}

test('an empty message makes no event', (t) => {
  t.deepEqual(toLogEvents(NOON, ''), []);
});

for (const [what, message, wellFormed, bytes] of [
  ['a lone high surrogate', 'a\ud800b', 'a\ufffdb', 31],
  ['a lone low surrogate', '\udc00', '\ufffd', 29],
  ['surrogates in the wrong order', '\udc00\ud800', '\ufffd\ufffd', 32],
  ['a pair beside a lone one', '\ud83d\ude43\ud83d', '🙃\ufffd', 33],
] as const) {
  test(`${what} becomes U+FFFD and counts as its 3 bytes`, (t) => {
    const [event] = toLogEvents(NOON, message);
    t.is(event?.message.toString(), wellFormed);
    t.is(event?.bytes, bytes);
  });
}

for (const [what, message, text] of [
  ['valid text', Buffer.from('"é" 🙃'), '"é" 🙃'],
  ['a byte that starts no character', Buffer.from([0x61, 0xff, 0x62]), 'a\ufffdb'],
  ['half a character', Buffer.from('a€').subarray(0, 3), 'a\ufffd'],
  ['a surrogate', Buffer.from([0xed, 0xa0, 0x80]), '\ufffd\ufffd\ufffd'],
] as const) {
  test(`invalid UTF-8 in a message is replaced: ${what}`, (t) => {
    const [event] = toLogEvents(NOON, message);
    t.is(event?.message.toString(), text);
    t.is(event?.bytes, Buffer.byteLength(text) + OVERHEAD);
  });
}

const WIDTHS = [
  ['a', 1],
  ['é', 2],
  ['€', 3],
  ['🙃', 4],
] as const;

for (const [character, width] of WIDTHS) {
  for (const lead of [0, 1, 2, 3].slice(0, width)) {
    // `lead` bytes in front put each byte of a character at the limit once.
    const fill = (size: number) => {
      const whole = Math.floor((size - lead) / width);
      return 'x'.repeat(lead) + character.repeat(whole) + 'x'.repeat(size - lead - whole * width);
    };

    test(`1,048,550 bytes of ${width}-byte characters after ${lead} fit into one event`, (t) => {
      const message = fill(LONGEST);
      const events = toLogEvents(NOON, message);
      t.deepEqual(
        events.map((event) => event.bytes),
        [1_048_576],
      );
      t.is(events[0]?.message.toString(), message);
    });

    test(`1,048,551 bytes of ${width}-byte characters after ${lead} need two events`, (t) => {
      const message = fill(1_048_551);
      const events = toLogEvents(NOON, message);
      t.is(events.length, 2);
      t.deepEqual(new Set(events.map(({ timestamp }) => timestamp)), new Set([NOON]));
      t.is(events.map((event) => event.message).join(''), message);
      for (const { bytes, message } of events) {
        t.is(bytes, message.length + OVERHEAD);
        t.true(bytes <= 1_048_576);
        t.true(isUtf8(message), 'no character is divided');
      }
      // The first event is as full as whole characters allow.
      t.true((events[0]?.bytes ?? 0) > 1_048_576 - width);
    });
  }
}

test('at the limit, too, a lone surrogate counts as the 3 bytes of U+FFFD', (t) => {
  t.is(toLogEvents(NOON, `${'x'.repeat(LONGEST - 3)}\ud800`).length, 1);
  t.is(toLogEvents(NOON, `${'x'.repeat(LONGEST - 2)}\ud800`).length, 2);
});

test('a message that is longer than three events is split into four', (t) => {
  const sizes = toLogEvents(NOON, 'x'.repeat(3 * LONGEST + 1000)).map(({ bytes }) => bytes);
  t.deepEqual(sizes, [1_048_576, 1_048_576, 1_048_576, 1026]);
});

for (const [text, maxBytes, parts] of [
  ['🙃', 4, ['🙃']],
  ['🙃🙃', 4, ['🙃', '🙃']],
  ['🙃🙃', 5, ['🙃', '🙃']],
  ['🙃🙃', 6, ['🙃', '🙃']],
  ['🙃🙃', 7, ['🙃', '🙃']],
  ['🙃🙃', 8, ['🙃🙃']],
  ['a🙃', 4, ['a', '🙃']],
  ['ab🙃', 5, ['ab', '🙃']],
  ['abc🙃', 6, ['abc', '🙃']],
  ['abc🙃', 7, ['abc🙃']],
  ['€€', 4, ['€', '€']],
  ['€€', 5, ['€', '€']],
  ['€€', 6, ['€€']],
  ['aé€🙃', 4, ['aé', '€', '🙃']],
  ['ééé', 5, ['éé', 'é']],
  ['abcdefgh', 4, ['abcd', 'efgh']],
  ['abcdefghi', 4, ['abcd', 'efgh', 'i']],
  ['', 4, []],
] as const) {
  test(`"${text}" is split into parts of at most ${maxBytes} bytes: ${JSON.stringify(parts)}`, (t) => {
    t.deepEqual(splitMessage(Buffer.from(text), maxBytes).map(String), [...parts]);
  });
}

test('the parts of a message join to the message; none is empty or too long', (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.integer({ min: 4, max: 40 }),
      (given, maxBytes) => {
        const text = given.toWellFormed();
        const parts = splitMessage(Buffer.from(text), maxBytes);
        t.is(parts.join(''), text);
        t.true(parts.every((part) => part.length > 0 && part.length <= maxBytes));
        t.true(parts.every((part) => isUtf8(part)));
      },
    ),
    { numRuns: 1000 },
  );
});

test('the events of any message join to the message, each within the limit', (t) => {
  // Any characters around the limit, after a body that almost reaches it.
  const tails = fc.string({ unit: fc.constantFrom('a', 'é', '€', '🙃', '"', '\n', '\ud800'), maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: LONGEST - 20, max: LONGEST }), tails, (body, tail) => {
      const message = 'x'.repeat(body) + tail;
      const events = toLogEvents(NOON, message);
      const parts = events.map(({ message }) => message);
      t.is(parts.join(''), message.toWellFormed());
      t.true(events.every(({ bytes }) => bytes > OVERHEAD && bytes <= 1_048_576));
      t.deepEqual(
        events.map(({ bytes }) => bytes),
        parts.map((part) => part.length + OVERHEAD),
      );
    }),
    { numRuns: 30 },
  );
});
