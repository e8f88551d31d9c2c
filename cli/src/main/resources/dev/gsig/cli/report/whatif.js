// What the model says of the same record with one thing changed, as it was computed when the patient
// was explained. The page computes nothing.

function whatIf(patient, drivers) {
  const answers = (patient.what_if || []).filter(answer => answer.probability !== undefined);
  if (!answers.length) return null;
  // in the sign of a contribution: what is there and raises is above 0
  const removal = answer => answer.without ? 0 - answer.score_change : null;
  const digits = digitsFor(answers.flatMap(answer => [answer.score_change, answer.attributed]));
  const amount = value => [value === null ? '\u2013' : figure(value, signed(value, digits)), 'number'];
  const unit = isLogOdds(patient) ? 'log-odds' : 'score';
  const risk = riskOf(patient);
  return section('What if', 'what-if',
    el('p', {class: 'about'}, 'Removing a code asks what the model says of this record without it, all else as it is;'
      + ' a contribution is the code\u2019s part of the way from the reference to this patient. Two questions: the answers may differ.'),
    table('What the model says of a changed record',
      ['The same record', ['risk', 'number'], [`removal gives it (${unit})`, 'number'], ['the explanation gives it', 'number']],
      answers.map(answer => [changeInWords(answer, drivers),
        [[figure(risk, percent(risk)), ' \u2192 ', figure(answer.probability, percent(answer.probability))], 'number'],
        amount(removal(answer)), amount(answer.attributed)]), 'what-ifs'));
}

// 'without Furosemide (2 times)', 'with sex unknown', 'with age 60 years'.
function changeInWords(answer, drivers) {
  const names = answer.without || [answer.with];
  const found = names.map(name => drivers.find(driver => driver.code === name)
    || drivers.find(driver => driver.feature === name) || {code: name, name: describe(name) || name});
  if (answer.with !== undefined) {
    const [driver] = found;
    return el('span', null, 'with ', data(driver.name), ' ', driver.feature
      ? featureValue(driver.feature, answer.value) : codeValue({code: driver.code, value: answer.value}));
  }
  if (found.every(driver => driver.feature)) {
    return el('span', null, 'with ', listed(found.map(driver => data(driver.name))), ' unknown');
  }
  return el('span', null, 'without ', listed(found.map(driver => data(driver.name))),
    found.length === 1 && answer.occurrences > 1 ? el('small', null, ` (${answer.occurrences} times)`) : null);
}
