// The strongest drivers of a cohort: a row for each, a dot for each patient. A table, so that it is
// read, printed and narrowed as one.

const MOST_DOTS = 200;
const SWARM = {height: 38, radius: 3, step: 3.4};

// A driver as the page names it, with the effects of its patients: [number, signed, value].
function driverRows(of, isGroup) {
  return of.strongest.map(row => {
    let number = -1;
    return {...row,
      title: isGroup ? row.name : row.is_code ? describe(row.name) : featureName(row.name),
      kind: isGroup ? null : row.is_code ? kindOf(row.name) : 'value',
      dots: row.steps.map((step, i) => [number += step, row.signed[i], row.values[i]])};
  });
}

// As many as can be told apart, evenly by effect, both ends among them.
function shownDots(dots) {
  const sorted = [...dots].sort((a, b) => a[1] - b[1]);
  if (sorted.length <= MOST_DOTS) return sorted;
  return Array.from({length: MOST_DOTS}, (_, i) => sorted[Math.round(i * (sorted.length - 1) / (MOST_DOTS - 1))]);
}

function medianOf(values) {
  const sorted = values.filter(value => value !== null).sort((a, b) => a - b);
  return sorted.length ? (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2 : null;
}

// Where dots stand above or below the middle so that they do not hide each other.
function stacked(places) {
  const taken = new Map();
  const levels = places.map(x => {
    const bin = Math.round(x / 1.2);
    const before = taken.get(bin) || 0;
    taken.set(bin, before + 1);
    return (before % 2 ? 1 : -1) * Math.ceil(before / 2);
  });
  const highest = Math.max(1, ...levels.map(Math.abs));
  const step = Math.min(SWARM.step, (SWARM.height / 2 - SWARM.radius) / highest);
  return levels.map(level => SWARM.height / 2 + level * step);
}

// The patients of a driver, the largest effect first.
function patientsOf(row) {
  const effects = new Map(row.dots.map(([number, effect]) => [number, effect]));
  const digits = digitsFor([...effects.values()]);
  return {
    title: row.title,
    numbers: [...effects.keys()].sort((a, b) => Math.abs(effects.get(b)) - Math.abs(effects.get(a))),
    note: number => ['effect ', figure(effects.get(number), signed(effects.get(number), digits))],
  };
}

function swarmCard(heading, className, of, state, isGroup) {
  const rows = driverRows(of, isGroup);
  if (!rows.length) return null;
  const effects = rows.flatMap(row => row.signed);
  const low = Math.min(0, ...rows.map(row => Math.min(0, ...row.signed))), high = rows.reduce((most, row) => Math.max(most, ...row.signed), 0);
  const at = value => 3 + 94 * (value - low) / (high - low || 1);
  const digits = digitsFor(rows.map(row => row.mean));
  const hollow = rows.some(row => isMixed(row));

  return section(heading, className + ' swarm-card',
    el('p', {class: 'about'},
      'Each dot is a patient: right of the line it raised the score, left of it it lowered it',
      effects.length > rows.length * MOST_DOTS ? `; of many patients ${MOST_DOTS} are drawn` : '', '. ',
      hollow ? 'Filled: the value, or how often the code occurs, is above the median of those who have it; hollow: it is not; where all have the same, all are filled. ' : '',
      'Ranked by the mean size of the effect over all patients, none for those who do not have it',
      of.fewest > 1 ? `; what fewer than ${of.fewest} patients have is left out.`
        : `. Of so few patients, what a single one has counts, too: it is no pattern.`,
      ' A name shows its patients, a dot opens its patient.'),
    el('table', {class: 'swarms', click: open, mouseover: name},
      el('caption', null, heading),
      el('thead', null, el('tr', null, el('th', {scope: 'col'}, isGroup ? 'Group' : 'Code or value'),
        el('td', {class: 'swarm', 'aria-hidden': 'true'}, axis()),
        el('th', {scope: 'col', class: 'number'}, 'Mean size'), el('th', {scope: 'col', class: 'number narrow-off'}, 'Patients'))),
      el('tbody', null, rows.map(row => el('tr', null,
        el('th', {scope: 'row'}, el('button', {type: 'button', class: 'link', click: () => state.choose(patientsOf(row))}, data(row.title)),
          row.kind && row.kind !== 'code' ? el('small', null, ' ', row.kind) : null),
        el('td', {class: 'swarm'}, swarm(row)),
        el('td', {class: 'number'}, figure(row.mean, plain(row.mean, digits), 'mean')),
        el('td', {class: 'number narrow-off'}, figure(row.patients, row.patients.toLocaleString('en'))))))));

  function isMixed(row) {
    const values = row.values.filter(value => value !== null);
    return values.some(value => value !== values[0]);
  }

  function swarm(row) {
    const dots = shownDots(row.dots);
    const places = dots.map(dot => at(dot[1]));
    const heights = stacked(places);
    const middle = isMixed(row) ? medianOf(row.values) : null;
    const sorted = row.signed.length ? [Math.min(...row.signed), medianOf(row.signed), Math.max(...row.signed)] : [];
    return el('svg', {width: '100%', height: SWARM.height, role: 'img', 'aria-label':
        `${row.title}: ${count(row.patients, 'patient')}` + (sorted.length ? `, effects from ${short(sorted[0])} to ${short(sorted[2])}, median ${short(sorted[1])}` : '')},
      el('line', {class: 'axis', x1: at(0) + '%', x2: at(0) + '%', y1: 0, y2: SWARM.height}),
      dots.map(([number, effect, value], i) => el('circle', {
        class: (effect < 0 ? 'lowers' : 'raises') + (middle !== null && value !== null && value <= middle ? ' hollow' : ''),
        cx: places[i].toFixed(2) + '%', cy: heights[i].toFixed(1), r: SWARM.radius, 'data-patient': number, 'data-effect': effect})));
  }

  function axis() {
    const marks = swarmTicks(low, high).map(value => el('text', {x: at(value) + '%', y: 14, 'text-anchor': 'middle', class: 'tick'},
      value === 0 ? '0' : signed(value, digitsFor([value]) > 1 ? 1 : 0)));
    return el('svg', {width: '100%', height: 18}, marks);
  }

  function open(event) {
    const number = event.target.dataset.patient;
    if (number !== undefined) location.hash = '#patient-' + (Number(number) + 1);
  }

  // A dot says whose it is once the pointer is there: thousands of names are not made for nothing.
  function name(event) {
    const dot = event.target;
    if (dot.dataset.patient === undefined || dot.firstChild) return;
    dot.append(el('title', null, `${index[dot.dataset.patient].id}: ${short(Number(dot.dataset.effect))}`));
  }
}

// Round effects on both sides of 0.
function swarmTicks(low, high) {
  const marks = ticks(Math.max(-low, high));
  const all = [...marks.slice(1).map(value => -value).reverse(), ...marks];
  return all.filter(value => value >= low - 1e-9 && value <= high + 1e-9);
}
