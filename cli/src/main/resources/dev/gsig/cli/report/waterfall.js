// How the risk comes about: from the reference to the patient, one row for each of the strongest
// drivers. A table, so that it is read, printed and narrowed as one.

const WATERFALL_ROWS = 8;
// The rounder a number is the earlier it is tried.
const WATERFALL_TICKS = [0.5, 0.1, 0.9, 0.01, 0.99, 0.2, 0.8, 0.35, 0.65, 0.05, 0.95, 0.02, 0.98, 0.005, 0.995, 0.001, 0.999,
  0.3, 0.7, 0.25, 0.75, 0.4, 0.6, 0.45, 0.55, 0.15, 0.85, 0.03, 0.97, 0.07, 0.93, 0.12, 0.88, 0.002, 0.998, 0.003, 0.997];

// Whether the score is the log-odds of the probability, so that an axis of percents can be drawn.
function isLogOdds(patient) {
  const near = (score, p) => p === undefined || Math.abs(1 / (1 + Math.exp(-score)) - p) < 1e-3;
  return patient.explained_probability !== undefined
    && near(patient.score, patient.explained_probability) && near(patient.baseline_score, patient.baseline_probability);
}

// The strongest drivers, then what is left, to the difference of the scores.
function waterfallRows(patient, drivers) {
  const difference = patient.score - patient.baseline_score;
  const shown = drivers.filter(driver => driver.signed !== 0).slice(0, WATERFALL_ROWS);
  const others = drivers.slice(shown.length);
  const sum = list => list.reduce((total, part) => total + part.signed, 0);
  const unknown = patient.tokens.filter(token => !isKnown(token));
  const special = patient.special_tokens.signed;
  const missing = difference - sum(drivers) - sum(unknown) - special;
  const small = 0.005 * Math.max(Math.abs(difference), ...shown.map(driver => Math.abs(driver.signed)), 0);
  return [
    ...shown,
    others.length ? {name: `${count(others.length, 'other code')} and values`.replace(/^1 other code and values$/, '1 other code or value'),
      signed: sum(others), rest: true} : null,
    unknown.length ? {name: `${count(unknown.length, 'code')} unknown to the model`, signed: sum(unknown), rest: true} : null,
    Math.abs(special) > small ? {name: 'Record structure (start, end and padding marks)', signed: special, rest: true} : null,
    Math.abs(missing) > small ? {name: 'Not accounted for', signed: missing, missing: true} : null,
  ].filter(row => row);
}

// By how much odds are multiplied: as many digits as can be told apart, four at most.
function oddsFactor(factor) {
  if (factor >= 9999.5 || factor < 0.005) return short(factor);
  return plain(factor, factor < 1.995 ? 2 : factor < 9.95 ? 1 : 0);
}

function waterfall(patient, drivers) {
  const rows = waterfallRows(patient, drivers);
  const odds = isLogOdds(patient);
  let level = patient.baseline_score;
  const levels = [level, ...rows.map(row => level += row.signed), patient.score];
  const low = Math.min(...levels), high = Math.max(...levels);
  const margin = 0.06 * (high - low || 1);
  const at = score => 100 * (score - low + margin) / (high - low + 2 * margin);
  const digits = digitsFor(rows.map(row => row.signed));

  function amount(row) {
    const sign = !/[1-9]/.test(plain(row.signed, digits)) ? '' : row.signed > 0 ? '\u25b2 ' : '\u25bc ';
    const factor = Math.exp(row.signed);
    return [el('span', {'aria-hidden': 'true'}, sign), figure(row.signed, signed(row.signed, digits), 'signed'),
      odds ? el('small', null, ` odds \u00d7${oddsFactor(factor)}`) : null];
  }

  level = patient.baseline_score;
  const body = rows.map(row => {
    const from = level;
    level += row.signed;
    const [start, end] = [Math.min(at(from), at(level)), Math.max(at(from), at(level))];
    const kind = row.missing ? 'unknown' : row.rest ? 'rest' : row.signed < 0 ? 'lowers' : 'raises';
    return el('tr', {class: row.missing ? 'missing' : row.rest ? 'rest' : null},
      el('th', {scope: 'row'}, row.code || row.feature ? data(row.name) : row.name,
        row.feature ? [' ', el('strong', null, row.value)] : null,
        row.code && driverDetails(row).length ? el('small', {class: 'details'}, driverDetails(row)) : null),
      el('td', {class: 'fall', 'aria-hidden': 'true'}, el('span', {class: 'step-bar ' + kind, '--from': start + '%', '--wide': (end - start) + '%'}),
        el('span', {class: 'level', '--at': at(level) + '%'})),
      el('td', {class: 'number'}, amount(row)));
  });

  const end = (name, score, probability, note) => el('tr', {class: 'end'},
    el('th', {scope: 'row'}, el('strong', null, name), note ? el('small', {class: 'details'}, note) : null),
    el('td', {class: 'fall', 'aria-hidden': 'true'}, el('span', {class: 'mark', '--at': at(score) + '%'})),
    el('td', {class: 'number'}, probability === undefined ? null : el('strong', null, figure(probability, percent(probability))),
      el('small', null, ' score ', figure(score, plain(score, Math.min(3, digits)), 'score'))));

  return section('How the risk comes about', 'waterfall',
    el('p', {class: 'about'}, odds
      ? 'From the reference to this patient. Equal widths are equal effects on the odds; orange raises, blue lowers.'
      : `From the reference\u2019s score to this patient\u2019s${scoreName()}; orange raises, blue lowers.`),
    el('table', {class: 'falls'}, el('caption', null, 'From the reference to this patient'),
      el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'What'),
        el('td', {class: 'fall axis-row', 'aria-hidden': 'true'}, axis()), el('th', {scope: 'col', class: 'number'}, 'Contribution'))),
      el('tbody', null,
        end('Reference', patient.baseline_score, patient.baseline_probability, baselineInWords(patient)),
        body,
        end('This patient', patient.score, patient.explained_probability))));

  function axis() {
    if (!odds) return null;
    return percentMarks(WATERFALL_TICKS, low - margin / 2, high + margin / 2)
      .reduce((kept, p) => kept.some(other => Math.abs(at(logOdds(p)) - at(logOdds(other))) < 12) ? kept : [...kept, p], [])
      .sort((a, b) => a - b)
      .map(p => el('span', {class: 'tick', '--at': at(logOdds(p)) + '%'}, wholePercent(p)));
  }
}
