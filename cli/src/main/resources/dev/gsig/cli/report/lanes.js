// When: every code at its time, a lane for each kind, dots as large as the effect.

const LANE_NAMES = {...Object.fromEntries(KINDS.map(([kind, name]) => [kind, name])), code: 'Codes'};
const NAMED_DOTS = 3;
const NAME_WIDTH = 38; // percent of a lane

// How long before the last visit, in years, where the axis of time has marks.
const TIMES = [[6 / 8766, '6 hours'], [12 / 8766, '12 hours'], [24 / 8766, '1 day'], [48 / 8766, '2 days'], [7 / 365.25, '1 week'],
  [1 / 12, '1 month'], [0.25, '3 months'], [0.5, '6 months'], ...[1, 2, 5, 10, 20, 40].map(years => [years, count(years, 'year')])];

// Where each visit stands, from 0 to 1: the latest years get the most room, and where times are
// missing the visits stand one beside the other.
function visitPlaces(visits) {
  const times = visits.map(visit => instant(visit.time));
  const first = Math.min(...times), last = Math.max(...times);
  if (!(last > first) || times.some(Number.isNaN)) return {places: visits.map((visit, i) => (i + 0.5) / visits.length), years: null};
  const span = (last - first) / DAY / 365.25;
  const place = years => 1 - Math.log1p(years * 1.6) / Math.log1p(span * 1.6);
  return {places: times.map(time => place((last - time) / DAY / 365.25)), years: {span, place}};
}

function lanes(patient, number) {
  const visits = patient.visits;
  if (!visits.length) return section('When', 'times', el('p', null, 'The model saw no visit of this patient.'));
  const {places, years} = visitPlaces(visits);
  const at = new Map(visits.map((visit, i) => [visit.visit, 3 + 94 * places[i]]));
  const largest = Math.max(...patient.tokens.map(token => Math.abs(token.signed)), 1e-300);
  const dots = new Map();
  for (const token of patient.tokens.filter(isKnown)) {
    const key = kindOf(token.code);
    if (!dots.has(key)) dots.set(key, []);
    dots.get(key).push(token);
  }
  const kinds = Object.keys(LANE_NAMES).filter(kind => dots.has(kind));
  const marks = years ? TIMES.filter(([y]) => y < years.span * 0.98) : [];
  const ticks = marks.map(([y, label]) => [3 + 94 * years.place(y), label])
    .reduce((kept, tick) => kept.length && kept[kept.length - 1][0] - tick[0] < 12 || tick[0] > 86 ? kept : [...kept, tick], []);

  return section('When', 'times',
    el('p', {class: 'about'}, 'Every code at its time; the larger the dot, the larger the effect. Orange dots raise, blue squares lower; each opens its visit.'
      + (years ? ' Time is counted back from the last visit, and the latest gets the most room.' : '')),
    el('div', {class: 'lanes'},
      kinds.map(kind => lane(kind, dots.get(kind))),
      el('div', {class: 'lane-axis', 'aria-hidden': 'true'},
        ticks.map(([x, label]) => el('span', {class: 'tick' + (x > 66 ? ' late' : ''), '--at': x + '%'}, label)),
        el('span', {class: 'tick end'}, years ? 'last visit' : visits.length > 1 ? 'visits in order' : 'the only visit'))));

  function lane(kind, tokens) {
    const ordered = [...tokens].sort((a, b) => Math.abs(b.signed) - Math.abs(a.signed));
    const named = [];
    const seen = new Set();
    for (const token of ordered) {
      if (named.length === NAMED_DOTS || Math.abs(token.signed) < 0.12 * largest) break;
      const label = labelOf(token);
      if (!seen.has(token.code) && named.every(other => label.start > other.end || label.end < other.start)) named.push(label);
      seen.add(token.code);
    }
    const net = tokens.reduce((sum, token) => sum + token.signed, 0);
    return el('div', {class: 'lane', role: 'group', 'aria-label':
        `${LANE_NAMES[kind]}: ${count(tokens.length, 'code')}, effect ${short(net)}`},
      el('span', {class: 'lane-name'}, LANE_NAMES[kind]),
      el('div', {class: 'lane-dots'},
        // the largest first in the document, so that it is the one that the keyboard reaches
        ordered.map((token, i) => el('a', {
          class: 'event ' + (token.signed < 0 ? 'lowers' : 'raises'), href: `#patient-${number + 1}-visit-${token.visit + 1}`,
          tabindex: i === 0 ? 0 : -1, '--at': at.get(token.visit) + '%', '--size': (5 + 22 * Math.sqrt(Math.abs(token.signed) / largest)) + 'px',
          title: `${describe(token.code)}, ${visitDate(token)}: ${short(token.signed)}`,
          'aria-label': `${describe(token.code)}, ${visitDate(token)}, effect ${short(token.signed)}`})),
        named.map((label, i) => el('span', {class: 'event-name' + label.side + (i ? ' minor' : ''), 'aria-hidden': 'true',
          '--at': label.at + '%', '--wide': label.end - label.start + '%'}, data(label.name)))));
  }

  // A name above its dot, and from where to where it may reach, so that names do not run into each other.
  function labelOf(token) {
    const name = describe(token.code);
    const x = at.get(token.visit);
    const wide = Math.min(NAME_WIDTH, 3 + name.length);
    const side = x < wide / 2 ? ' right' : x > 100 - wide / 2 ? ' left' : '';
    const start = side === ' right' ? x : side === ' left' ? x - wide : x - wide / 2;
    return {name, at: x, side, start, end: start + wide};
  }

  function visitDate(token) {
    const visit = visits.find(one => one.visit === token.visit);
    return visit && visit.time ? visit.time.slice(0, 10) : visitLabel(token);
  }
}
