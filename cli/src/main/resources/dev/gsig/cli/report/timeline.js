// A patient's visits: the time line, and each visit with its codes.

function visitLabel(visit) {
  return 'Visit ' + (visit.visit + 1);
}

// Where each visit stands, from 0 to 1: one beside the other, or where its time falls.
function positions(visits, toScale) {
  const times = visits.map(visit => instant(visit.time));
  const first = Math.min(...times), last = Math.max(...times);
  if (toScale && last > first) return times.map(time => (time - first) / (last - first));
  return visits.map((visit, i) => (i + 0.5) / visits.length);
}

function canScale(visits) {
  const times = visits.map(visit => instant(visit.time));
  return times.every(time => !Number.isNaN(time)) && new Set(times).size > 1;
}

// Upright bars for the totals of the visits, on an axis of years.
function timeline(patient, number, state) {
  const visits = patient.visits;
  const scaled = canScale(visits);
  const toScale = scaled && state.toScale;
  const at = positions(visits, toScale).map(share => 2 + 96 * share);
  const values = visits.map(visit => visit[state.mode]);
  const largest = Math.max(0, ...values.map(Math.abs));
  const top = 8, middle = state.mode === 'l2' ? 112 : 60, room = middle - top, height = 148;
  const wide = toScale ? 5 : Math.max(4, Math.min(18, 300 / visits.length));

  const columns = visits.map((visit, i) => {
    const size = largest > 0 ? room * Math.abs(values[i]) / largest : 0;
    const up = values[i] >= 0;
    const kind = state.mode === 'l2' ? 'weight' : up ? 'raises' : 'lowers';
    return el('a', {href: `#patient-${number + 1}-visit-${visit.visit + 1}`, class: 'visit-link', 'aria-label':
        `${visitLabel(visit)}, ${visit.time || 'no time'}, ${state.mode} ${exact(values[i])}`,
      tabindex: i === 0 ? 0 : -1, '--at': at[i] + '%', '--size': size + 'px', '--wide': wide + 'px',
      '--top': (up ? middle - size : middle) + 'px'},
      el('span', {class: kind}));
  });
  const strip = el('div', {class: 'strip', role: 'group', 'aria-label': 'Visits; left and right arrow keys move',
    '--middle': middle + 'px', '--height': height + 'px', keydown: move}, columns, yearMarks(visits, at));
  return [strip, scaled
    ? el('label', {class: 'check'}, el('input', {type: 'checkbox', id: 'to-scale', checked: state.toScale,
      change: event => state.set({toScale: event.target.checked}, 'to-scale')}), ' Time to scale')
    : null];
}

// The year under a visit where it changes and there is room for it.
function yearMarks(visits, at) {
  const marks = [];
  let year = null, end = -100;
  visits.forEach((visit, i) => {
    const own = Number.isNaN(instant(visit.time)) ? null : visit.time.slice(0, 4);
    if (own !== null && own !== year && at[i] - end >= 12) {
      marks.push(el('span', {class: 'year', 'aria-hidden': 'true', '--at': at[i] + '%'}, own));
      end = at[i];
    }
    if (own !== year) year = own;
  });
  return marks;
}

// One stop for the tab key; the arrow keys go from visit to visit.
function move(event) {
  const links = [...event.currentTarget.querySelectorAll('a')];
  const here = links.indexOf(document.activeElement);
  const step = {ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: links.length - 1}[event.key];
  if (step === undefined || !links[step]) return;
  event.preventDefault();
  links.forEach(link => link.setAttribute('tabindex', -1));
  links[step].setAttribute('tabindex', 0);
  links[step].focus();
}

function visitList(patient, state) {
  const tokens = patient.tokens;
  const largest = Math.max(0, ...tokens.map(token => Math.abs(token[state.mode])));
  const digits = digitsFor(tokens.map(token => token[state.mode]));
  const most = Math.max(0, ...patient.visits.map(visit => Math.abs(visit[state.mode])));
  const match = matcher(state.query);
  let before = NaN;
  const first = patient.visits.length ? patient.visits[0].visit : 0;
  return [
    first > 0 ? el('p', {class: 'about'}, `The ${count(first, 'visit')} before these did not fit into the model\u2019s input.`) : null,
    patient.visits.map(visit => {
      const time = instant(visit.time);
      const gap = interval(before, time);
      before = time;
      return el('article', {class: 'visit', id: 'visit-' + (visit.visit + 1), tabindex: -1},
        el('header', null,
          el('h3', null, visitLabel(visit)),
          visit.time === null ? el('span', {class: 'when'}, 'no time') : el('time', {class: 'when', title: visit.time},
            data(Number.isNaN(time) ? visit.time : visit.time.slice(0, 10))),
          gap ? el('span', {class: 'since'}, gap) : null,
          el('span', {class: 'total'}, bar(visit[state.mode], most, state.mode),
            el('span', null, 'effect ', figure(visit.signed, signed(visit.signed, digits), 'signed')),
            el('span', null, 'weight ', figure(visit.l2, plain(visit.l2, digits), 'l2')))),
        el('ul', {class: 'codes'}, tokens.filter(token => token.visit === visit.visit)
          .map(token => codeChip(token, largest, digits, state, match))));
    }),
  ];
}

function codeChip(token, largest, digits, state, match) {
  const value = token[state.mode];
  const attributes = look(value, largest, state.mode);
  const text = describe(token.code);
  const shown = state.mode === 'l2' ? plain(value, digits) : signed(value, digits);
  const sign = state.mode === 'l2' || !/[1-9]/.test(shown) ? '' : value < 0 ? '\u25bc ' : '\u25b2 ';
  return el('li', {...attributes, class: 'chip ' + attributes.class + (isKnown(token) ? '' : ' unknown')
      + (match && match.code(token.code) ? ' match' : '')},
    data(text, 'text'),
    isKnown(token) ? null : el('em', {class: 'mark', title: 'not in the model\u2019s vocabulary'}, '? unknown to the model'),
    el('span', {class: 'meta'}, text === token.code ? null : data(token.code, 'code'),
      token.value === undefined ? null : el('span', {class: 'measured'}, valueOf(token)),
      el('span', {class: 'value'}, el('span', {'aria-hidden': 'true'}, sign), figure(value, shown))));
}
