// The cohort's page.

function keyFigure(value, shown, label) {
  return el('div', {class: 'key'}, el('dd', null, figure(value, shown)), el('dt', null, label));
}

function cohortWarning() {
  if (!cohort.large_gaps) return null;
  return el('p', {class: 'warning', role: 'note'},
    el('strong', null, `${cohort.large_gaps} of ${count(cohort.patients, 'patient')} have a large completeness gap.`),
    ` Their contributions miss more than ${percent(cohort.large_gap)} of the score difference that they are to explain,`
    + ' which lowers l21 as well. To bound it: ',
    el('code', null, 'gsig explain --max-completeness-gap ' + cohort.large_gap), ', or more ', el('code', null, '--steps'), '.');
}

// Figures over codes mix what raises one class with what raises another.
function explainedNote() {
  if (cohort.explained.length < 2) return null;
  const noun = cohort.multi_label ? 'label' : 'class';
  const shown = cohort.explained.slice(0, 6);
  const more = cohort.explained.length - shown.length;
  return el('p', {class: 'warning', role: 'note'},
    el('strong', null, `Not all patients have the same ${noun} explained: `),
    shown.map((entry, i) => [i ? ', ' : '', classOf(entry.class, entry.name), ` (${count(entry.patients, 'patient')})`]),
    more ? ` and ${more} more` : '', `. The figures over codes mix them. For one ${noun}: `,
    el('code', null, 'gsig explain --class'), '.');
}

// The codes with the largest mean contribution over the patients who have them.
function topCodes(state) {
  const body = el('div', null);
  const least = el('select', {id: 'least', change: draw},
    [1, 2, 5, 10, 20, 50, 100].filter(n => n === 1 || n <= cohort.patients).map(n =>
      el('option', {value: n, selected: n === defaultLeast()}, n === 1 ? '1 patient' : n + ' patients')));
  const rows = el('select', {id: 'rows', change: draw},
    [20, 50, 200].map(n => el('option', {value: n}, n)), el('option', {value: Infinity}, 'all'));

  function draw() {
    const key = state.mode === 'l2' ? 'l2' : 'absolute';
    const chosen = codes.filter(code => isKnown(code) && code.patients >= Number(least.value))
      .sort((a, b) => b[key] - a[key] || a.code.localeCompare(b.code))
      .slice(0, Number(rows.value));
    const largest = Math.max(0, ...chosen.map(code => code[key]));
    const digits = digitsFor([largest]);
    body.replaceChildren(chosen.length
      ? table('Codes with the largest mean contribution over the patients who have them',
        ['Code', ['', 'wide'], [state.mode === 'l2' ? 'Mean l2' : 'Mean |signed|', 'number'],
          ['Mean signed', 'number narrow-off'], ['Patients', 'number'], ['Occurrences', 'number narrow-off']],
        chosen.map(code => [
          codeLink(code, state),
          [bar(state.mode === 'l2' ? code.l2 : Math.sign(code.signed || 1) * code.absolute, largest, state.mode), 'wide'],
          [figure(code[key], plain(code[key], digits)), 'number'],
          [figure(code.signed, signed(code.signed, digits)), 'number narrow-off'],
          [figure(code.patients, code.patients), 'number'],
          [figure(code.occurrences, code.occurrences), 'number narrow-off'],
        ]), 'codes-table')
      : el('p', null, 'No code occurs in so many patients.'));
  }

  draw();
  return section('Codes that matter most', 'top',
    el('p', {class: 'about'}, state.mode === 'l2'
      ? 'The mean, over the patients who have the code, of its l2 score: how much it weighs, whatever the sign.'
      : 'The mean, over the patients who have the code, of the size of its signed contribution. The bar points to the'
        + ' side of the mean with its sign: right raises the score, left lowers it.'),
    el('p', {class: 'controls'},
      el('label', {for: 'least'}, 'In at least ', least), el('label', {for: 'rows'}, 'Rows ', rows)),
    unknownNote(),
    body);
}

function unknownNote() {
  const unknown = codes.filter(code => !isKnown(code)).length;
  return unknown === 0 ? null : el('p', {class: 'about unknown-codes'},
    `${count(unknown, 'different code')} not in the model\u2019s vocabulary left out: it reads \u201cunknown\u201d there.`);
}

function defaultLeast() {
  return cohort.patients >= 100 ? 5 : cohort.patients >= 20 ? 2 : 1;
}

function codeLink(code, state) {
  return el('button', {type: 'button', class: 'link', title: 'Find the patients who have it', click: () => state.find(code.code)},
    data(code.text), code.text === code.code ? null : [' ', data(code.code, 'code')]);
}

function howToRead() {
  const point = (term, text) => [el('dt', null, term), el('dd', null, text)];
  return section('How to read this', 'read', el('dl', null,
    point('Contribution', 'How much of the difference between this patient\u2019s score and the baseline\u2019s a code, a visit'
      + ' or a value accounts for. Effect (signed): plus raises the score, minus lowers it. Weight (l2): how much it'
      + ' mattered, whatever the sign.'),
    point('Completeness gap', 'What the contributions together miss of that difference. The larger it is, the less the'
      + ' contributions can be trusted as amounts.'),
    point('theta and l21', 'l21 is the sum of the weights of all codes: small when few codes carry the explanation. GS-IG'
      + ' picks the theta with the smallest l21. The exact integral does not depend on theta: a lower l21 comes from a'
      + ' different error of a finite sum, so look at the gap beside it.'),
    point('What it is not', 'Contributions describe the model, not the patient\u2019s disease, and say nothing of cause and'
      + ' effect. A probability is as good as the model\u2019s calibration.')));
}

// Risk of what, of how many.
function cohortFigures() {
  const known = cohort.calibration;
  const risks = knownRisks().map(riskAt);
  const share = cohort.occurrences ? cohort.unknown / cohort.occurrences : null;
  return el('dl', {class: 'keys-row'},
    keyFigure(cohort.patients, cohort.patients.toLocaleString('en'), cohort.patients === 1 ? 'patient' : 'patients'),
    risks.length && commonClass() !== null ? keyFigure(medianOf(risks), percent(medianOf(risks)), 'median risk') : null,
    known ? keyFigure(known.events / known.patients, percent(known.events / known.patients), 'with the outcome') : null,
    known && known.auroc !== undefined ? keyFigure(known.auroc, plain(known.auroc, 3), `AUROC, 95% interval ${plain(known.low, 3)} to ${plain(known.high, 3)}`) : null,
    keyFigure(share, percent(share), 'of the codes unknown to the model'));
}

function whatIsPredicted() {
  const only = commonClass();
  if (only === null) return null;
  return el('p', {class: 'outcome'}, outcomeOfClass(only, cohort.explained[0].name, cohort.multi_label));
}

function cohortPage(state) {
  return [
    el('header', null, el('h1', null, 'Cohort'), whatIsPredicted(),
      calibrationInWords() ? el('p', {class: 'about'}, calibrationInWords()) : null),
    cohortFigures(),
    cohortWarning(),
    explainedNote(),
    riskCard(),
    highestCard(),
    swarmCard('What moves the risk', 'swarm-drivers', cohort.drivers, state, false),
    swarmCard('Groups of codes', 'swarm-groups', cohort.groups, state, true),
    calibrationCard(),
    referencesCard(state),
    folded('fold-codes', 'All codes', state, topCodes(state)),
    folded('fold-method', 'Method', state, methodFigures(), distributions()),
    folded('fold-read', 'How to read this', state, howToRead()),
  ];
}
