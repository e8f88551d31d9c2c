// Risks of the cohort: their distribution, who is at the top, and whether they come true.

const HIGHEST = 10;
const STRIP_BINS = 70;
const STRIP_TICKS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];

// Percents between two log-odds: of the usual ones, or where there are not two, at round steps.
function percentMarks(usual, low, high) {
  const within = usual.filter(p => logOdds(p) > low && logOdds(p) < high);
  if (within.length > 1 || !(high > low)) return within;
  const [from, to] = [low, high].map(score => 1 / (1 + Math.exp(-score)));
  const power = 10 ** Math.floor(Math.log10((to - from) / 2));
  const step = power * [5, 2, 1].find(times => times * power <= (to - from) / 2);
  const marks = [];
  for (let i = Math.ceil(from / step); i * step < to; i++) marks.push(Number((i * step).toPrecision(6)));
  // what is written alike is one mark
  return marks.filter((p, i) => i === 0 || wholePercent(p) !== wholePercent(marks[i - 1]));
}

// Risks on an axis of log-odds, marks above them: marks are [{risk, name, kind}], kind 'ref' or
// 'own'. Where it is told who had the outcome, their part of a bar has the stronger colour.
function riskPlot(risks, marks, events) {
  const all = [...risks, ...marks.map(mark => mark.risk)].map(logOdds);
  const low = Math.max(-7.5, Math.min(...all)) - 0.4, high = Math.min(7.5, Math.max(...all)) + 0.4;
  const at = p => 100 * (Math.min(high, Math.max(low, logOdds(p))) - low) / (high - low);
  const bins = Array.from({length: STRIP_BINS}, () => ({all: 0, events: 0}));
  risks.forEach((risk, i) => {
    const bin = bins[Math.min(STRIP_BINS - 1, Math.floor(at(risk) / 100 * STRIP_BINS))];
    bin.all++;
    if (events && events[i]) bin.events++;
  });
  const most = Math.max(...bins.map(bin => bin.all));
  const shown = percentMarks(STRIP_TICKS, low, high)
    .reduce((kept, p) => kept.length && at(p) - at(kept[kept.length - 1]) < 9 ? kept : [...kept, p], []);
  return el('div', {class: 'strip-plot', 'aria-hidden': 'true'},
    bins.map((bin, i) => bin.all ? el('span', {class: 'bin', '--at': (100 * (i + 0.5) / STRIP_BINS) + '%', '--size': bin.all / most},
      bin.events ? el('span', {'--part': bin.events / bin.all}) : null) : null),
    marks.map(mark => el('span', {class: mark.kind + (at(mark.risk) > (mark.kind === 'ref' ? 50 : 75) ? ' left' : ''), '--at': at(mark.risk) + '%'},
      el('span', null, mark.name))),
    shown.map(p => el('span', {class: 'tick', '--at': at(p) + '%'}, wholePercent(p))));
}

function knownRisks() {
  return index.map((_, number) => number).filter(number => typeof riskAt(number) === 'number');
}

// Of several classes a probability is not one risk.
function riskCard() {
  const numbers = knownRisks();
  if (commonClass() === null || numbers.length < 2) return null;
  const risks = numbers.map(riskAt);
  const events = numbers.map(cameTrue);
  const told = events.some(event => event !== null);
  const references = numbers.map(number => index[number].reference).filter(risk => typeof risk === 'number');
  const same = references.length && Math.max(...references) - Math.min(...references) < 5e-4;
  const sorted = [...risks].sort((a, b) => a - b);
  return section('Predicted risk', 'risks',
    el('figure', {class: 'risk-strip', role: 'img', 'aria-label': `Risk of ${count(risks.length, 'patient')}: from ${percent(sorted[0])} to `
        + `${percent(sorted[sorted.length - 1])}, median ${percent(medianOf(risks))}`},
    riskPlot(risks, same ? [{risk: references[0], name: 'reference ' + percent(references[0]), kind: 'ref'}] : [], told ? events : null),
    el('figcaption', null, `The ${count(risks.length, 'patient')} of this report, by log-odds; median ${percent(medianOf(risks))}.`
      + (told ? ' The stronger colour: those in whom it came true.' : ''))));
}

// A driver by name, with the arrow of its side.
function reason(strongest) {
  if (!strongest) return '\u2013';
  return el('span', null,
    el('span', {class: strongest.signed < 0 ? 'down' : 'up'}, strongest.signed < 0 ? '\u25bc lowered by ' : '\u25b2 raised by '),
    data(strongest.is_code ? describe(strongest.name) : featureName(strongest.name)));
}

// What became of a patient, in a table's cell.
function outcomeCell(number) {
  const event = cameTrue(number);
  if (index[number].outcome === null) return '\u2013';
  const ofTwo = event !== null && !cohort.multi_label && run.labels !== null && run.labels <= 2;
  return ofTwo || cohort.multi_label ? el('span', {class: event ? 'event-yes' : null}, event ? '\u25cf yes' : 'no')
    : data(classInWords(index[number].outcome));
}

function highestCard() {
  if (!index.length) return null;
  const told = index.some(entry => entry.outcome !== null);
  const numbers = index.map((_, number) => number).sort((a, b) => (riskAt(b) ?? -1) - (riskAt(a) ?? -1)).slice(0, HIGHEST);
  return section('Patients by risk', 'highest',
    table('Patients by risk, the highest first', ['Patient', ['', 'wide narrow-off'], ['Risk', 'number'], ...(told ? ['Outcome'] : []), 'Strongest reason'],
      numbers.map(number => [
        el('a', {href: '#patient-' + (number + 1)}, data(index[number].id)),
        [bar(riskAt(number), 1, 'l2'), 'wide narrow-off'],
        [figure(riskAt(number), percent(riskAt(number))), 'number'],
        ...(told ? [outcomeCell(number)] : []),
        reason(index[number].strongest)])),
    index.length > numbers.length ? el('p', {class: 'about'}, el('a', {href: '#patients'}, `All ${count(index.length, 'patient')}`)) : null);
}

// Whether what was predicted came true.
function calibrationCard() {
  const known = cohort.calibration;
  if (!known) return null;
  const place = share => (2 + 96 * share) + '%';
  return section('Does it come true?', 'calibration',
    el('p', {class: 'about'}, `Of ${count(known.patients, 'patient')} with a known outcome it came true in ${known.events.toLocaleString('en')} (${percent(known.events / known.patients)}). `,
      known.auroc === undefined ? 'An AUROC needs patients with both outcomes.'
        : ['AUROC ', figure(known.auroc, plain(known.auroc, 3), 'auroc'), ` [${plain(known.low, 3)}, ${plain(known.high, 3)}]: how well the risk tells apart who has the outcome; the interval is of 95%.`],
      ' Below, by bands of risk: circle, the share in whom it came true, with its 95% interval; line, the mean risk predicted.'),
    el('table', {class: 'bands'}, el('caption', null, 'Predicted and observed, by bands of risk'),
      el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'Risk'), el('th', {scope: 'col', class: 'number'}, 'Patients'),
        el('th', {scope: 'col', class: 'number'}, 'Predicted'), el('th', {scope: 'col', class: 'number'}, 'Came true'),
        el('td', {class: 'band-plot', 'aria-hidden': 'true'}, el('svg', {width: '100%', height: 18},
          [0, 0.5, 1].map((share, i) => el('text', {x: place(share), y: 14, class: 'tick', 'text-anchor': ['start', 'middle', 'end'][i]}, wholePercent(share))))))),
      el('tbody', null, known.bands.map(band => el('tr', null,
        el('th', {scope: 'row'}, `${wholePercent(band.from)}\u2013${wholePercent(band.to)}`),
        el('td', {class: 'number'}, figure(band.patients, band.patients.toLocaleString('en'))),
        el('td', {class: 'number'}, figure(band.predicted, percent(band.predicted))),
        el('td', {class: 'number'}, figure(band.events, `${percent(band.events / band.patients)}`), el('small', null, ` (${band.events})`)),
        el('td', {class: 'band-plot'}, el('svg', {width: '100%', height: 22, role: 'img', 'aria-label':
            `95% interval ${percent(band.low)} to ${percent(band.high)}`},
          el('line', {class: 'axis', x1: place(0), x2: place(1), y1: 11, y2: 11}),
          el('line', {class: 'interval', x1: place(band.low), x2: place(band.high), y1: 11, y2: 11}),
          el('line', {class: 'predicted', x1: place(band.predicted), x2: place(band.predicted), y1: 2, y2: 20}),
          el('circle', {cx: place(band.events / band.patients), cy: 11, r: 4}))))))));
}

// References that are riskier than their patients: there the contributions say why it is lower.
function referencesCard(state) {
  const numbers = index.map((_, number) => number)
    .filter(number => index[number].reference !== null && index[number].reference > riskAt(number))
    .sort((a, b) => (index[b].reference - riskAt(b)) - (index[a].reference - riskAt(a)));
  if (!numbers.length) return null;
  const shown = numbers.slice(0, HIGHEST);
  const chosen = {title: 'a reference riskier than they are', numbers, note: number => ['reference ', figure(index[number].reference, percent(index[number].reference))]};
  return section('Patients below their reference', 'references',
    el('p', {class: 'about'}, figure(numbers.length, `${numbers.length.toLocaleString('en')} of ${count(index.length, 'patient')}`),
      '. Their contributions say why the risk is lower than at the reference, and not what it comes from.'),
    el('p', null, listed(shown.map(number => el('a', {href: '#patient-' + (number + 1)}, data(index[number].id)))),
      numbers.length > shown.length ? ' and others. ' : '. ',
      numbers.length > shown.length ? el('button', {type: 'button', class: 'link', click: () => state.choose(chosen)}, `Show all ${numbers.length.toLocaleString('en')}`) : null));
}
