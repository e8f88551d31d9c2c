// What the page holds: the run, the cohort's figures, and the results, one line a patient.

const run = JSON.parse(byId('run').textContent);
const cohort = JSON.parse(byId('cohort').textContent);
const codes = cohort.codes;
const index = cohort.index;
const textOf = new Map(codes.map(code => [code.code, code.text]));
const lines = byId('patients').textContent.split('\n');

// A result, parsed when it is looked at.
function result(number) {
  return JSON.parse(lines[number]);
}

// What a method tells of its tolerance, its weights and its inputs only if it has some.
const OPTIONAL = ['tolerance', 'error_estimate', 'tolerance_reached', 'steep_end', 'measure', 'inputs', 'groups'];

// A patient as each method has it, the one that leads first. A reading has what differs; the rest
// stands in the line. Earlier versions of gsig named no method.
function readings(patient) {
  const shared = Object.fromEntries(Object.entries(patient).filter(([key]) => !OPTIONAL.includes(key)));
  const merged = (key, reading) => patient[key].map((part, i) => ({...part, ...reading[key][i]}));
  return [patient, ...(patient.readings || []).map(reading => ({
    ...shared, ...reading,
    tokens: merged('tokens', reading), visits: merged('visits', reading), tabular: merged('tabular', reading),
    ...(patient.what_if ? {what_if: merged('what_if', reading)} : {}),
  }))];
}

function titleOf(method) {
  return run.titles[method] || method;
}

function describe(code) {
  return textOf.get(code);
}

function isLargeGap(gap) {
  return gap !== null && gap > cohort.large_gap;
}

// Whether the model knows a code; results of earlier versions do not say that of any.
function isKnown(code) {
  return code.known !== false;
}

// How patients are searched: words that an identifier, or a code or its description, contains, in
// any order.
function matcher(query) {
  const words = query.trim().toLowerCase().split(/\s+/);
  if (words[0] === '') return null;
  const hit = text => words.every(word => text.toLowerCase().includes(word));
  const matching = new Set();
  codes.forEach((code, number) => {
    if (hit(code.code + ' ' + code.text)) matching.add(number);
  });
  return {
    patient: number => hit(index[number].id),
    codesOf: number => index[number].codes.filter(code => matching.has(code)),
    code: code => hit(code + ' ' + describe(code)),
  };
}
