// What the page holds: the run, the cohort's figures, and the patients' details. The cohort's
// figures are unpacked when the page opens, details when one of the patients is looked at.

const run = JSON.parse(byId('run').textContent);
// The patients' details are behind this script, so that the cohort need not wait for them.
const details = new Promise(parsed => document.addEventListener('DOMContentLoaded', parsed))
  .then(() => byId('patients').textContent.split('\n'));
const unpacked = new Map();
let cohort, codes, index, textOf;

// What was packed with gzip and written as base64.
async function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

async function loadCohort() {
  cohort = JSON.parse(await unpack(byId('cohort').textContent));
  codes = cohort.codes;
  index = cohort.index;
  textOf = new Map(codes.map(code => [code.code, code.text]));
}

function chunkOf(number) {
  return Math.floor(number / run.chunk);
}

// Whether a patient's details are at hand.
function isLoaded(number) {
  return unpacked.has(chunkOf(number));
}

// Gets a patient's details, and those of the patients packed with them.
async function load(number) {
  unpacked.set(chunkOf(number), (await unpack((await details)[chunkOf(number)])).split('\n'));
}

// Rows of what is kept as a column for each key; what a row has not is null.
function rowsOf(columns) {
  const keys = Object.keys(columns);
  return keys.length ? columns[keys[0]].map((first, i) => Object.fromEntries(keys.map(key => [key, columns[key][i]]))) : [];
}

const LISTS = ['tokens', 'visits', 'tabular', 'groups', 'theta_curve'];

function withRows(packed) {
  const lists = LISTS.filter(key => packed[key]).map(key => [key, rowsOf(packed[key])]);
  return {...packed, ...Object.fromEntries(lists)};
}

// A patient whose details are at hand.
function result(number) {
  return withRows(JSON.parse(unpacked.get(chunkOf(number))[number % run.chunk]));
}

// What a method tells of its tolerance, its weights and its inputs only if it has some.
const OPTIONAL = ['tolerance', 'error_estimate', 'tolerance_reached', 'steep_end', 'measure', 'inputs', 'groups'];

// A patient as each method has it, the one that leads first. A reading has what differs; the rest
// stands in the line. Earlier versions of gsig named no method.
function readings(patient) {
  const shared = Object.fromEntries(Object.entries(patient).filter(([key]) => !OPTIONAL.includes(key)));
  const merged = (key, reading) => patient[key].map((part, i) => ({...part, ...reading[key][i]}));
  return [patient, ...(patient.readings || []).map(withRows).map(reading => ({
    ...shared, ...reading, tokens: merged('tokens', reading), tabular: merged('tabular', reading),
    ...(patient.what_if ? {what_if: merged('what_if', reading)} : {}),
  }))].map(reading => ({...reading, visits: reading.visits.map(visit => addedUp(visit, reading.tokens))}));
}

// A visit with the sums over its codes.
function addedUp(visit, tokens) {
  const own = tokens.filter(token => token.visit === visit.visit);
  const sum = key => own.reduce((total, token) => total + token[key], 0);
  return {...visit, l2: sum('l2'), signed: sum('signed')};
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

// The probability by which patients are ranked; earlier versions of gsig told that of the predicted
// class only.
function riskAt(number) {
  return index[number].risk ?? index[number].probability;
}

// The class that all patients have explained; null where it is not the same.
function commonClass() {
  return cohort.explained.length === 1 ? cohort.explained[0].class : null;
}

// Whether what is explained came true; null where that is not known.
function cameTrue(number) {
  const outcome = index[number].outcome;
  if (outcome === null || commonClass() === null) return null;
  return cohort.multi_label ? outcome : outcome === commonClass();
}

// The name of a class or label, of the results, of the model or of its words; undefined if it has none.
function classNamed(number, told) {
  return told || (run.classes || [])[number] || (display.classes || {})[number];
}

// A class in words: by its name, or by what the model is of.
function classInWords(number, told) {
  const name = classNamed(number, told);
  if (name) return name;
  const ofTwo = run.labels !== null && run.labels <= 2 && !cohort.multi_label;
  if (display.outcome && ofTwo) return number === 1 ? display.outcome : number === 0 ? 'no ' + display.outcome : `class ${number}`;
  return `class ${number}`;
}

// What became of a patient, in words; null where that is not known.
function outcomeInWords(number) {
  const outcome = index[number].outcome;
  if (outcome === null) return null;
  return cohort.multi_label ? (outcome ? 'came true' : 'did not come true') : classInWords(outcome);
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
