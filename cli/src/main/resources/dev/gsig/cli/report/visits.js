// A patient's visits, the newest first, each with its codes.

function visitLabel(visit) {
  return 'Visit ' + (visit.visit + 1);
}

function visitList(patient, state) {
  const tokens = patient.tokens;
  const largest = Math.max(0, ...tokens.map(token => Math.abs(token[state.mode])));
  const digits = digitsFor(tokens.map(token => token[state.mode]));
  const most = Math.max(0, ...patient.visits.map(visit => Math.abs(visit[state.mode])));
  const match = matcher(state.query);
  let before = NaN;
  const first = patient.visits.length ? patient.visits[0].visit : 0;
  const visits = patient.visits.map(visit => {
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
  });
  return [
    visits.reverse(),
    first > 0 ? el('p', {class: 'about'}, `The ${count(first, 'visit')} before these did not fit into the model\u2019s input.`) : null,
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
      hasValue(token) ? el('span', {class: 'measured'}, valueOf(token)) : null,
      el('span', {class: 'value'}, el('span', {'aria-hidden': 'true'}, sign), figure(value, shown))));
}
