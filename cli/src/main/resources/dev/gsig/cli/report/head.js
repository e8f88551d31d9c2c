// The top of a patient's page: who, risk of what, relative to whom, and the reasons in a sentence.

// From a probability to log-odds, kept within what can be drawn.
function logOdds(probability) {
  const p = Math.min(1 - 1e-9, Math.max(1e-9, probability));
  return Math.log(p / (1 - p));
}

// The probability that the page speaks of; earlier versions of gsig told that of the predicted class only.
function riskOf(patient) {
  return patient.explained_probability ?? patient.prediction.probability;
}

// What the probability is of: in words, by the name of a class, or by its number.
function outcomeOf(patient) {
  return outcomeOfClass(patient.explained_class, patient.explained_class_name, Boolean(patient.prediction.labels));
}

function outcomeOfClass(explained, named, ofLabels) {
  const next = /^next(?:-logprob)?:(.+)$/.exec(named || '');
  if (next) {
    const tokens = next[1].split('/').map(token => describe(token) || token).join(' or ');
    return ['predicted probability of ', el('strong', null, data(tokens)), ' as the next token'];
  }
  const ofTwo = run.labels !== null && run.labels <= 2 && !ofLabels;
  if (display.outcome && ofTwo && explained === 1) {
    return ['predicted risk of ', el('strong', null, data(display.outcome))];
  }
  return ['predicted probability of ', ofLabels ? 'label ' : 'class ', classOf(explained, classNamed(explained, named))];
}

// A patient's age and sex, if tabular values of these names tell.
function personOf(patient) {
  return patient.tabular.filter(entry => ['age', 'sex', 'gender'].includes(entry.name.toLowerCase()) && entry.value !== null)
    .map(entry => featureValue(entry.name, entry.name === 'age' ? Math.floor(entry.value) : entry.value)).join(', ');
}

// Patients are ranked only where all have the same class explained.
function rankOf(number) {
  const own = index[number].risk;
  if (own === null || own === undefined || commonClass() === null || index.length < 2) return null;
  const above = index.filter(entry => entry.risk > own).length;
  return above === 0 ? `highest of ${count(index.length, 'patient')}` : `rank ${above + 1} of ${count(index.length, 'patient')}`;
}

function patientHead(patient, number) {
  const prediction = patient.prediction;
  const risk = riskOf(patient);
  const other = prediction.class !== patient.explained_class
    ? ['The model predicts ', prediction.labels ? ['label ', classOf(prediction.class, classNamed(prediction.class, prediction.class_name))]
      : data(classInWords(prediction.class, prediction.class_name)), run.labels > 1 || prediction.labels ? [', ', figure(prediction.probability, percent(prediction.probability))] : null, '.'] : null;
  const facts = [
    patient.baseline_probability === undefined ? null
      : ['reference ', figure(patient.baseline_probability, percent(patient.baseline_probability))],
    rankOf(number),
  ].filter(fact => fact);
  return el('header', {class: 'patient-head card'},
    el('div', {class: 'who-is'},
      el('p', {class: 'eyebrow'}, place(number)),
      el('h1', null, data(patient.subject_id), ' ', el('small', null, personOf(patient))),
      el('p', {class: 'probability'}, figure(risk, percent(risk))),
      el('p', {class: 'outcome'}, outcomeOf(patient)),
      el('p', {class: 'about'}, facts.map((fact, i) => [i ? ' \u00b7 ' : null, fact])),
      calibrationInWords() ? el('p', {class: 'about'}, calibrationInWords()) : null,
      other ? el('p', {class: 'about'}, other) : null,
      outcomeInWords(number) === null ? null
        : el('p', {class: 'became'}, 'What happened: ', el('strong', null, data(outcomeInWords(number))))),
    el('nav', {'aria-label': 'Neighbours'}, step(number, -1, '\u2190 Previous', 'p'), step(number, 1, 'Next \u2192', 'n')),
    riskStrip(patient, number));

  function place(here) {
    const order = found().numbers;
    const at = order.indexOf(here);
    return at < 0 ? `Patient ${here + 1} of ${index.length}` : `Patient ${at + 1} of ${order.length}`
      + (order.length < index.length ? ' found' : '');
  }
}

function step(number, by, label, key) {
  const to = neighbourOf(number, by);
  return el(to === null ? 'span' : 'a',
    {class: 'step', href: to === null ? null : '#patient-' + (to + 1), 'aria-keyshortcuts': key}, label);
}

// Where this patient and the reference stand among the patients, on an axis of log-odds.
function riskStrip(patient, number) {
  if (commonClass() === null || index[number].risk === null) return null;
  const risks = knownRisks().map(riskAt);
  const reference = patient.baseline_probability;
  const told = reference !== undefined && reference !== null;
  return el('figure', {class: 'risk-strip', role: 'img', 'aria-label':
      `Risk of ${count(risks.length, 'patient')}: this one ${percent(riskOf(patient))}` + (told ? `, the reference ${percent(reference)}` : '')},
    riskPlot(risks, [
      ...(told ? [{risk: reference, name: 'reference ' + percent(reference), kind: 'ref'}] : []),
      {risk: riskOf(patient), name: 'this patient', kind: 'own'}], null),
    el('figcaption', null, `Risk of the ${count(risks.length, 'patient')} of this report, by log-odds`));
}

// Whether the percentages may be taken at their word; nothing where that is not known.
function calibrationInWords() {
  if (display.calibrated === undefined || display.calibrated === null) return null;
  return display.calibrated ? 'The model\u2019s percentages are calibrated.'
    : 'The model\u2019s percentages are not calibrated: who is at higher risk is surer than by how much.';
}

// The reasons in one sentence, those first that point where the risk went, and whether they add up.
function story(patient, drivers) {
  const from = patient.baseline_probability;
  const fell = from !== undefined && riskOf(patient) < from;
  const most = (sign, n) => drivers.filter(driver => Math.sign(driver.signed) === sign).slice(0, n).map(mention);
  const up = [el('strong', {class: 'up'}, 'raised'), ' most by ', most(1, fell ? 2 : 3)];
  const down = [el('strong', {class: 'down'}, 'lowered'), ' most by ', most(-1, fell ? 3 : 2)];
  const reasons = (fell ? [down, up] : [up, down]).filter(([, , names]) => names.length);
  return el('section', {class: 'card story', 'aria-label': 'In a sentence'},
    el('p', {class: 'say'},
      from === undefined ? null : ['From ', percent(from), ' at the reference (', baselineInWords(patient), ') to ', percent(riskOf(patient)), ': '],
      reasons.map(([verb, by, names], i) => [i ? '; ' : null, verb, by, listed(names)]),
      reasons.length ? '.' : 'no code and no value moved the score.',
      structureInWords(patient, drivers)),
    el('p', {class: 'about'}, badge(patient), ' ', recordInWords(patient),
      ' Contributions say what this model uses, not what causes the outcome.'));
}

// What belongs to no code, where it counts as much as the reasons that the sentence names.
function structureInWords(patient, drivers) {
  const own = patient.special_tokens.signed;
  if (drivers.length < 3 || Math.abs(own) < Math.abs(drivers[2].signed)) return null;
  return ` The structure of the record (start, end and padding marks), which is of no code, ${own > 0 ? 'raises' : 'lowers'} it by about as much as the third of these.`;
}

const BASELINES = {
  'manifold-mean': 'the mean of the validation patients, in a record of this length',
  'manifold-mean-unpadded': 'the mean of the validation patients, in a record of this length',
  zero: 'nothing at all',
  pad: 'a record without codes',
  'pad-trajectory': 'a record of padding',
  mask: 'a record whose codes are hidden',
};

function baselineInWords(patient) {
  return BASELINES[patient.baseline] || ['the baseline ', data(patient.baseline)];
}

function badge(patient) {
  const gap = patient.completeness_gap_relative;
  if (gap === null) return el('span', {class: 'badge'}, 'nothing to explain');
  if (patient.tolerance_reached === false) return el('span', {class: 'badge bad'}, 'the integral is not exact');
  return isLargeGap(gap)
    ? el('span', {class: 'badge bad'}, `contributions miss ${percent(gap)}: read them as a ranking`)
    : el('span', {class: 'badge good'}, `\u2713 contributions add up: ${percent(1 - gap)} accounted for`);
}

function recordInWords(patient) {
  const times = patient.visits.map(visit => visit.time).filter(time => time).map(time => time.slice(0, 10)).sort();
  return `Record: ${count(patient.visits.length, 'visit')}, ${count(patient.tokens.length, 'code')}`
    + (!times.length ? '.' : times[0] === times[times.length - 1] ? `, ${times[0]}.` : `, ${times[0]} to ${times[times.length - 1]}.`);
}
