// What moved a patient's score: codes with all their occurrences, and tabular values, in one ranked
// list. The strongest is the one with the largest |signed|, as on the terminal.

const display = run.display || {};

// What a feature is called, and its value with its unit or in words.
function featureName(name) {
  const shown = (display.tabular || {})[name] || {};
  return shown.name || name;
}

function featureValue(name, value) {
  const shown = (display.tabular || {})[name] || {};
  if (value === null) return 'missing';
  const word = (shown.values || {})[String(value)];
  return word || short(value) + (shown.unit ? (shown.unit === '%' ? '' : ' ') + shown.unit : '');
}

// The number beside a code with its unit.
function codeValue(token) {
  const unit = (display.units || {})[token.code];
  return short(token.value) + (unit ? ' ' + unit : '');
}

// What a code stands for, as its spelling tells.
const KINDS = [
  ['diagnosis', 'Diagnoses', /^(d\d*_|icd-?\d+|diagnosis\/\/|condition\/\/|snomed)/i],
  ['procedure', 'Procedures', /^(p\d*_|procedure\/\/|cpt|hcpcs)/i],
  ['drug', 'Drugs', /^(m\d*_|medication\/\/|drug\/\/|rxnorm|ndc|atc)/i],
  ['measurement', 'Measurements', /^(l\d*_|lab\/\/|measurement\/\/|vital\/\/|loinc)/i],
];

function kindOf(code) {
  const kind = KINDS.find(([, , pattern]) => pattern.test(code));
  return kind ? kind[0] : 'code';
}

function driversOf(patient) {
  const byCode = new Map();
  const dates = new Map(patient.visits.map(visit => [visit.visit, visit.time]));
  for (const token of patient.tokens.filter(isKnown)) {
    const driver = byCode.get(token.code)
      || {code: token.code, name: describe(token.code), kind: kindOf(token.code), signed: 0, times: [], visits: [], last: null};
    driver.signed += token.signed;
    driver.visits.push(token.visit);
    const time = (token.event && token.event.time) || dates.get(token.visit);
    if (time) driver.times.push(time.slice(0, 10));
    if (hasValue(token)) driver.last = token;
    byCode.set(token.code, driver);
  }
  const values = patient.tabular.map(entry => ({
    feature: entry.name, name: featureName(entry.name), kind: 'value', signed: entry.signed,
    value: featureValue(entry.name, entry.value), times: [], visits: [],
  }));
  return [...byCode.values(), ...values].sort((a, b) => Math.abs(b.signed) - Math.abs(a.signed));
}

// How often and when, and the number beside a code: '3 times, 2013 to 2016, last 2016-02-28'.
function driverDetails(driver) {
  const times = [...driver.times].sort();
  const last = times[times.length - 1];
  const years = times.length > 1 && times[0].slice(0, 4) !== last.slice(0, 4)
    ? `, ${times[0].slice(0, 4)} to ${last.slice(0, 4)}` : '';
  return [
    driver.kind === 'code' ? null : driver.kind,
    driver.visits.length > 1 ? `${driver.visits.length} times${years}` : null,
    last ? [driver.visits.length > 1 ? 'last ' : 'once, ', day(last)] : null,
    driver.last ? 'value ' + codeValue(driver.last) : null,
  ].filter(part => part).map((part, i) => [i ? ' \u00b7 ' : null, part]);
}

// A day, never broken in two lines.
function day(date) {
  return el('span', {class: 'day'}, date);
}

// As it stands in a sentence: 'Furosemide (3 times, last 2016-02-28)', 'age 85 years'.
function mention(driver) {
  if (driver.feature) return [data(driver.name), ' ', driver.value];
  const times = [...driver.times].sort();
  const last = times[times.length - 1];
  const about = [
    driver.last ? codeValue(driver.last) : null,
    driver.visits.length > 1 ? `${driver.visits.length} times` : null,
    last ? [driver.visits.length > 1 ? 'last ' : 'once, ', day(last)] : null,
  ].filter(part => part);
  return [data(driver.name), about.length ? el('small', null, ' (', about.map((part, i) => [i ? ', ' : null, part]), ')') : null];
}

// Items with commas between them, and before the last one a word.
function listed(items) {
  return items.map((item, i) => [i === 0 ? null : i === items.length - 1 ? ' and ' : ', ', item]);
}
