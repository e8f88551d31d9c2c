// A patient's page.

// A class by its name where it has one, else by its number.
function classOf(number, name) {
  return figure(number, name ? data(name) : number);
}

// Every label of a multi-label model, the most probable first; their probabilities need not add up.
function labelsCard(patient) {
  const labels = patient.prediction.labels;
  if (!labels) return null;
  const told = Array.isArray(patient.outcome);
  const rows = [...labels].sort((a, b) => b.probability - a.probability);
  return section('Labels', 'labels',
    el('p', {class: 'about'}, 'Any number of them may hold at once.'),
    table('Labels', ['Label', ['', 'wide'], ['probability', 'number'], ...(told ? ['came true'] : [])], rows.map(label => [
      [el('span', null, classOf(label.class, classNamed(label.class, label.name)),
        label.class === patient.explained_class ? el('small', null, ' explained') : null), ''],
      [bar(label.probability, 1, 'l2'), 'wide'],
      [figure(label.probability, percent(label.probability)), 'number'],
      ...(told ? [patient.outcome[label.class] === 1 ? '\u25cf yes' : 'no'] : [])]), 'bars'));
}

// Of more than two classes each with its probability, the explained one first, then the most probable.
function classesCard(patient) {
  const predicted = patient.prediction.class, explained = patient.explained_class;
  if (patient.prediction.labels || !(run.labels > 2) || patient.explained_probability === undefined
    || /^next/.test(patient.explained_class_name || '')) return null;
  // what results tell: of very many classes the most probable, of earlier versions the predicted one
  const told = new Map((patient.prediction.classes || []).map(each => [each.class, each.probability]));
  if (predicted !== explained) told.set(predicted, patient.prediction.probability);
  told.delete(explained);
  const rows = [[explained, patient.explained_probability], ...[...told].sort((a, b) => b[1] - a[1])];
  const left = Array.from({length: run.labels}, (_, i) => i).filter(i => i !== explained && !told.has(i));
  const rest = Math.max(0, 1 - rows.reduce((sum, row) => sum + row[1], 0));
  const name = number => [data(classInWords(number)), el('small', null, ' ', [number === explained && 'explained',
    number === predicted && 'predicted', number === patient.outcome && 'came true'].filter(Boolean).join(' \u00b7 '))];
  const row = (what, probability) => [[el('span', null, what), ''], [bar(probability, 1, 'l2'), 'wide'],
    [figure(probability, percent(probability)), 'number']];
  return section('Classes', 'classes',
    el('p', {class: 'about'}, 'One of them holds; their probabilities add up to 100%.'),
    table('Classes', ['Class', ['', 'wide'], ['probability', 'number']], [
      ...rows.map(([number, probability]) => row(name(number), probability)),
      ...(left.length ? [row(left.length === 1 ? name(left[0]) : `${left.length} other classes together`, rest)] : []),
    ], 'bars'));
}

// What the contributions add up to, and what is missing to the score.
function parts(patient) {
  const sum = list => list.reduce((total, part) => total + part.signed, 0);
  const difference = patient.score - patient.baseline_score;
  const measured = patient.tokens.reduce((total, token) => total + (token.value_signed || 0), 0);
  const codes = sum(patient.tokens) - measured, tabular = sum(patient.tabular), special = patient.special_tokens.signed;
  return {difference, codes, measured, tabular, special, missing: difference - codes - measured - tabular - special};
}

function gapWarning(patient) {
  const gap = patient.completeness_gap_relative;
  if (gap === null) {
    return el('p', {class: 'warning', role: 'note'}, el('strong', null, 'The score hardly differs from the baseline\u2019s.'),
      ' There is next to nothing to explain, so the completeness gap has no percentage.');
  }
  if (!isLargeGap(gap)) return null;
  return el('p', {class: 'warning', role: 'note'},
    el('strong', null, gap >= 0.5 ? 'Do not read these contributions as amounts. ' : 'Read these contributions with caution. '),
    'They miss ', figure(gap, percent(gap)), ' of the score difference that they are to explain (the completeness gap).'
    + (gap >= 0.5 ? ' The order of the codes may be wrong, too.' : ' What matters little or much can be told, but not by how much.'));
}

// Of an integral to a tolerance that did not get there.
function toleranceWarning(patient) {
  if (patient.tolerance_reached !== false) return null;
  const error = patient.error_estimate;
  return el('p', {class: 'warning tolerance', role: 'note'},
    el('strong', null, 'The integral did not reach its tolerance of ', percent(patient.tolerance), '. '),
    patient.steep_end
      ? `Nearly all of the score changes right at the ${patient.steep_end === 'start' ? 'baseline' : 'patient\u2019s end'} of the path. Another baseline is needed.`
      : ['The contributions may be off by ', figure(error, percent(error)), ' by the estimate of their error.']);
}

// A baseline above the patient, which may well be, or above 50%, which stands for no usual patient.
// Earlier versions of gsig did not tell.
function baselineNote(patient) {
  const from = patient.baseline_probability, here = patient.explained_probability;
  if (!(from > here || from > 0.5)) return null;
  return el('p', {class: (from > 0.5 ? 'warning' : 'note') + ' reference', role: 'note'},
    el('strong', null, from > here ? 'The reference is above this patient. ' : 'The reference is above 50%. '),
    'It is ', figure(from, percent(from)), ' there and ', figure(here, percent(here)), ' here: the contributions say ',
    from > here ? 'why this patient\u2019s risk is lower, and not what it comes from.' : 'only what it is higher by.');
}

// ' (eGFR, HbA1c)'.
function missingNames(patient) {
  const names = patient.tabular.filter(entry => entry.value === null).map(entry => featureName(entry.name));
  return names.length ? ` (${names.join(', ')})` : '';
}

// What the model does not read of the record, or reads otherwise than it stands.
function recordNotes(patient) {
  if (patient.unknown_codes === undefined) {
    return el('p', {class: 'note', role: 'note'}, 'An earlier version of gsig made these results. It did not say which codes the model knows.');
  }
  const all = patient.tokens.length > 0 && !patient.tokens.some(isKnown);
  const notes = [
    [patient.unknown_codes, count(patient.unknown_codes, 'code') + ' not in the model\u2019s vocabulary. It reads \u201cunknown\u201d'
      + ' there, so that the contribution is not that of the code.'],
    [patient.truncated_tokens, count(patient.truncated_tokens, 'token') + ' cut, the oldest, to fit into the model\u2019s input.'],
    [patient.missing_tabular, count(patient.missing_tabular, 'value') + ' missing' + missingNames(patient) + '; the training mean stands for each.'],
    [patient.empty_visits, count(patient.empty_visits, 'visit') + ' without codes, of which the model sees nothing.'],
    [patient.disordered_visits, count(patient.disordered_visits, 'visit') + ' earlier than a visit before them; the model reads them as they stand.'],
    [patient.values_from_training, count(patient.values_from_training || 0, 'value') + ' of codes that no validation patient has a value of; their paths start at the training mean.'],
    [patient.rounded_ages, 'The ages of ' + count(patient.rounded_ages, 'visit') + ' rounded down to the rows of the model\u2019s age table.'],
  ].filter(note => note[0] > 0);
  if (!notes.length) return null;
  return el('div', {class: all ? 'warning record' : 'note record', role: 'note'},
    all ? el('p', null, el('strong', null, 'The model knows none of this patient\u2019s codes.'), ' Its prediction does not rest on what they say.') : null,
    el('ul', null, notes.map(note => el('li', null, note[1]))));
}

// The switch between readings: the same patient and the same path by other rules.
function readingSwitch(patient, all, state) {
  if (all.length < 2) return null;
  return el('div', {class: 'reading-switch', role: 'group', 'aria-label': 'Reading'},
    el('span', {class: 'about'}, 'Reading '),
    all.map(reading => {
      const id = 'reading-' + reading.method;
      return el('button', {type: 'button', id, 'aria-pressed': String(reading.method === patient.method),
        click: () => state.set({method: reading.method}, id)}, titleOf(reading.method));
    }));
}

// What each method says in short.
function readingsCard(patient, all) {
  if (all.length < 2) return null;
  return section('Readings', 'readings',
    el('p', {class: 'about'}, 'The same patient and the same path by other rules. This page shows ',
      el('strong', null, titleOf(patient.method)), '.'),
    table('Readings', ['Method', ['gap', 'number'], ['l21', 'number'], 'strongest'], all.map(reading => {
      const gap = reading.completeness_gap_relative;
      const strongest = driversOf(reading)[0];
      return [titleOf(reading.method), [gap === null ? '-' : figure(gap, percent(gap)), 'number'],
        [figure(reading.l21, short(reading.l21)), 'number'], strongest ? data(strongest.name) : '-'];
    })));
}

// The model, and how the results were made.
function modelCard() {
  const test = display.test;
  const rows = [
    display.outcome ? ['Predicts', display.outcome] : null,
    test ? ['AUROC', short(test.auroc) + (test.low === undefined ? '' : ` [${short(test.low)}, ${short(test.high)}]`)
      + (test.patients === undefined ? '' : ` on ${count(test.patients, 'test patient')}`)] : null,
    display.calibrated === undefined ? null : ['Probabilities', display.calibrated ? 'calibrated' : 'not calibrated'],
    run.model ? ['Model', run.model] : null,
    run.cohort ? ['Cohort', run.cohort] : null,
    run.trained_on ? ['Trained on', count(run.trained_on, 'patient')] : null,
    run.inputs && run.inputs.weights_sha256 ? ['Weights', 'SHA-256 ' + run.inputs.weights_sha256] : null,
    run.engine ? ['Made by', run.engine + (run.finished ? ', ' + run.finished.slice(0, 10) : '')] : null,
  ].filter(row => row);
  return rows.length ? section('Model', 'model', table('Model', ['', ''], rows.map(([name, value]) => [name, data(value)]))) : null;
}

// What is said by a code's being there, and what by the number beside it: the strongest numbers.
function measured(patient) {
  const all = patient.tokens.filter(hasValue);
  if (!all.length) return null;
  const shown = [...all].sort((a, b) => Math.abs(b.value_signed) - Math.abs(a.value_signed)).slice(0, 10);
  const digits = digitsFor(shown.flatMap(token => [token.value_signed, token.signed - token.value_signed]));
  const amount = value => [figure(value, signed(value, digits)), 'number'];
  const start = patient.value_baseline === 'zero' ? 'zero' : 'mean';
  return section('Values of codes', 'measured',
    el('p', {class: 'about'}, `That a code was recorded, and that its value was not ${start === 'zero' ? 'zero' : 'the mean of its values'}, contribute apart.`
      + (all.length > shown.length ? ` The ${shown.length} strongest of ${count(all.length, 'value')}.` : '')),
    table('Values of codes', ['Code', ['code', 'number'], ['value', 'number']],
      shown.map(token => [[el('span', null, data(describe(token.code)),
        el('small', null, ' ', valueOf(token), `, visit ${token.visit + 1}; ${start} `, figure(token.value_start, short(token.value_start)))), ''],
      amount(token.signed - token.value_signed), amount(token.value_signed)])));
}

function hasValue(token) {
  return token.value !== undefined && token.value !== null;
}

// The number beside a code.
function valueOf(token) {
  return figure(token.value, codeValue(token));
}

// Codes summed up by groups, if the results were made with some.
function groups(patient, state) {
  if (!patient.groups || !patient.groups.length) return null;
  const key = state.mode;
  const shown = [...patient.groups].sort((a, b) => Math.abs(b[key]) - Math.abs(a[key])).slice(0, 8);
  const others = patient.groups.length - shown.length;
  return section('Groups', 'groups',
    el('p', {class: 'about'}, 'Codes summed up by their groups' + (others ? `; ${count(others, 'weaker group')} left out.` : '.')),
    barTable('Groups of codes', 'Group', shown.map(group => ({
      name: group.group === null ? el('em', null, 'in no group') : data(group.group),
      value: group[key],
      extra: figure(group.codes, String(group.codes)),
    })), key, 'codes'));
}

// Rows of a name, an optional further cell, a bar and a figure.
function barTable(caption, head, rows, kind, extra) {
  const largest = Math.max(0, ...rows.map(row => Math.abs(row.value)));
  const digits = digitsFor(rows.map(row => row.value));
  return table(caption, [head, ...(extra ? [[extra, 'number']] : []), ['', 'wide'], [kind === 'l2' ? 'l2' : 'signed', 'number']],
    rows.map(row => [[el('span', null, row.name), row.class || ''],
      ...(extra ? [[row.extra, 'number']] : []),
      [bar(row.value, largest, kind), 'wide'],
      [figure(row.value, kind === 'l2' ? plain(row.value, digits) : signed(row.value, digits)), 'number']]), 'bars');
}

function addsUp(patient) {
  const sums = parts(patient);
  const digits = digitsFor([patient.score, patient.baseline_score, sums.difference]);
  const rows = [
    ['Codes', sums.codes], ['Values of codes', sums.measured], ['Values', sums.tabular], ['Start, end and padding marks', sums.special],
    ['Not accounted for', sums.missing, 'missing'],
  ].filter(row => row[1] !== 0 || !row[0].startsWith('Values'));
  const largest = Math.max(0, ...rows.map(row => Math.abs(row[1])));
  return section('How it adds up', 'sums',
    el('p', {class: 'about'}, 'From the baseline\u2019s score to this patient\u2019s' + scoreName() + '.',
      patient.baseline_probability === undefined ? null : [' Probability of the explained class: ',
        figure(patient.baseline_probability, percent(patient.baseline_probability)), ' at the baseline, ',
        figure(patient.explained_probability, percent(patient.explained_probability)), ' here.']),
    table('From the baseline to the score', ['Part', ['', 'wide'], ['signed', 'number']], [
      ['Baseline', ['', 'wide'], [figure(patient.baseline_score, plain(patient.baseline_score, digits)), 'number']],
      ...rows.map(row => [[el('span', null, row[0]), row[2] || ''], [bar(row[1], largest, row[2] || 'signed'), 'wide'],
        [figure(row[1], signed(row[1], digits)), 'number']]),
      [[el('strong', null, 'This patient'), 'sum'], ['', 'wide sum'], [figure(patient.score, plain(patient.score, digits)), 'number sum']],
    ], 'bars'),
    el('p', {class: 'about'}, 'Completeness gap ', figure(patient.completeness_gap, short(patient.completeness_gap)),
      patient.completeness_gap_relative === null ? null : [', that is ',
        figure(patient.completeness_gap_relative, percent(patient.completeness_gap_relative)), ' of the difference'], '.',
      patient.error_estimate === undefined ? null : [' Estimated error of the contributions: ',
        figure(patient.error_estimate, percent(patient.error_estimate)), ', with ', String(patient.gradients), ' gradients.']));
}

function scoreName() {
  const target = run.inputs && run.inputs.target;
  return target === 'logit' ? ' (a logit)' : target === 'probability' ? ' (a probability)' : '';
}

// Of the method that chose a theta, if any did.
function thetaCard(shown, all) {
  const patient = all.find(reading => reading.theta_curve.length > 1) || shown;
  const difference = Math.abs(patient.score - patient.baseline_score);
  const relative = patient.completeness_gap_relative !== null && difference > 0;
  const points = patient.theta_curve
    .map(point => ({...point, gap: relative ? point.completeness_gap / difference : point.completeness_gap, exact: point.kind === 'exact'}))
    .sort((a, b) => a.theta - b.theta);
  const name = relative ? 'completeness gap, % of the difference' : 'completeness gap';
  const reduction = patient.l21_theta1 > 0 ? 1 - patient.l21 / patient.l21_theta1 : null;
  return section(all.length > 1 ? `theta of ${titleOf(patient.method)}` : 'theta', 'theta',
    el('p', {class: 'about'},
      patient.theta === null ? 'This method has no theta. ' : ['Chosen: ', el('strong', null, figure(patient.theta, short(patient.theta))), '. '],
      'l21 ', figure(patient.l21, short(patient.l21)),
      reduction === null || patient.theta === 1 ? null : [', ', percent(Math.abs(reduction)), reduction < 0 ? ' above' : ' below', ' that of theta = 1 (',
        figure(patient.l21_theta1, short(patient.l21_theta1)), ')'], '. ' + (patient.steps ? `${patient.steps} steps` : `${patient.gradients} gradients`) + ` from the baseline ${patient.baseline}.`),
    points.length > 1 && patient.theta !== null
      ? [thetaChart(points, patient.theta, name, relative ? v => plain(v * 100, v < 0.05 && v > 0 ? 1 : 0) : short),
        el('p', {class: 'legend'}, el('span', {class: 'dot exact'}), 'full sum ', el('span', {class: 'dot estimated'}), 'estimated, or only ruled out (rough in the table) ',
          el('span', {class: 'dot chosen'}), 'chosen')]
      : el('p', null, 'There was no choice of theta.'),
    points.length
      ? el('details', null, el('summary', null, 'As a table'),
        table('theta curve', ['theta', ['l21', 'number'], ['gap', 'number'], ['kind', '']], points.map(point => [
          [figure(point.theta, short(point.theta)), point.theta === patient.theta ? 'chosen' : ''],
          [figure(point.l21, short(point.l21)), 'number'],
          [figure(point.completeness_gap, short(point.completeness_gap)), 'number'], point.kind]), 'curve-table'))
      : null);
}

function colourKey(patient, state) {
  const digits = digitsFor(patient.tokens.map(token => token[state.mode]));
  const largest = Math.max(0, ...patient.tokens.map(token => Math.abs(token[state.mode])));
  return el('p', {class: 'colour-key'},
    state.mode === 'l2'
      ? ['weighs 0', el('span', {class: 'ramp weight'}), plain(largest, digits)]
      : [`lowers \u25bc ${signed(-largest, digits)}`, el('span', {class: 'ramp both'}), `${signed(largest, digits)} \u25b2 raises`]);
}

// What is folded below the first screen: open or not, as it was left. The visits open by themselves
// where the search finds one of their codes.
function folded(id, title, state, ...content) {
  const parts = content.flat().filter(part => part);
  if (!parts.length) return null;
  return el('details', {class: 'fold', id, open: Boolean(state.open[id]),
    toggle: event => { state.open[id] = event.target.open; }},
    el('summary', null, title), el('div', {class: 'folded'}, parts));
}

function patientPage(number, state) {
  const all = readings(result(number));
  const patient = all.find(reading => reading.method === state.method) || all[0];
  const drivers = driversOf(patient);
  const match = matcher(state.query);
  if (match && patient.tokens.some(token => match.code(token.code))) state.open['fold-visits'] = true;
  return [
    patientHead(patient, number),
    story(patient, drivers),
    gapWarning(patient),
    toleranceWarning(patient),
    baselineNote(patient),
    recordNotes(patient),
    labelsCard(patient),
    classesCard(patient),
    readingSwitch(patient, all, state),
    waterfall(patient, drivers),
    folded('fold-what-if', 'What if', state, whatIf(patient, drivers)),
    lanes(patient, number),
    folded('fold-visits', 'All visits and codes', state,
      section('Visits and codes', 'visits', colourKey(patient, state), visitList(patient, state))),
    folded('fold-groups', 'Groups and values', state, groups(patient, state), measured(patient)),
    folded('fold-method', 'Method', state, addsUp(patient), readingsCard(patient, all), thetaCard(patient, all)),
    folded('fold-model', 'Model and provenance', state, modelCard()),
  ];
}
