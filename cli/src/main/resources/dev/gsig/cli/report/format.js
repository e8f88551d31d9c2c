// Numbers and times as people read them.

const MINUS = '\u2212';

// So many digits behind the point that the largest of some values has three significant ones.
function digitsFor(values) {
  const largest = Math.max(0, ...values.map(Math.abs));
  if (largest === 0) return 2;
  return Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(largest))));
}

// A number with a true minus sign; what rounds to zero has none.
function plain(value, digits) {
  const text = value.toFixed(digits);
  return /^-[0.]+$/.test(text) ? text.slice(1) : text.replace('-', MINUS);
}

// A number with its sign, unless it rounds to zero.
function signed(value, digits) {
  const text = plain(value, digits);
  return /[1-9]/.test(text) && !text.startsWith(MINUS) ? '+' + text : text;
}

// A share of 1 as a percentage; never rounds what is there to 0% or what is not whole to 100%.
function percent(share) {
  if (share === null) return '\u2013';
  const size = Math.abs(share * 100);
  if (size > 0 && size < 0.1) return (share < 0 ? MINUS : '') + '<0.1%';
  if (size < 100 && size >= 99.95) return (share < 0 ? MINUS : '') + '>99.9%';
  if (size > 0 && size < 0.995) return plain(share * 100, 2) + '%';
  return plain(share * 100, size >= 1000 ? 0 : 1) + '%';
}

// A percentage without digits that say nothing: 5%, 2.5%.
function wholePercent(share) {
  return percent(share).replace(/\.0%$|(\.\d)0%$/, '$1%');
}

function count(number, noun) {
  return number.toLocaleString('en') + ' ' + noun + (number === 1 ? '' : 's');
}

// Four significant digits, without zeros at the end: how every single number is shown. Those that
// stand below each other have as many digits behind the point (digitsFor).
function short(value) {
  return String(Number(value.toPrecision(4))).replace('-', MINUS);
}

// Milliseconds of an ISO time, taken as it is written, without a time zone; NaN where it is none.
function instant(time) {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?/.exec(time || '');
  return match ? Date.UTC(+match[1], match[2] - 1, +match[3], +(match[4] || 0), +(match[5] || 0)) : NaN;
}

const DAY = 86400000;

// How long after the visit before: '8 months later'.
function interval(from, to) {
  const days = Math.floor(to / DAY) - Math.floor(from / DAY);
  if (!(days >= 0)) return null;
  if (days === 0) return 'the same day';
  if (days < 60) return count(days, 'day') + ' later';
  if (days < 730) return count(Math.round(days / 30.44), 'month') + ' later';
  return plain(days / 365.25, days < 3650 ? 1 : 0) + ' years later';
}
