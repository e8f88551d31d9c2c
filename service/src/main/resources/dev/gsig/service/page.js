// Explains one patient, and asks what the model says of a changed record. Text from data only ever
// becomes a text node, never markup.

const SHOWN = 10;
const byId = id => document.getElementById(id);
const words = new Map();
let patient = '';

function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const percent = share => (100 * share).toFixed(1) + '%';
const signed = value => (value > 0 ? '+' : '') + value.toFixed(3).replace('-', '\u2212');

// Asks the service; what is wrong with a request is said in words.
async function request(path, parameters, options) {
  const query = new URLSearchParams(parameters);
  const token = byId('token').value;
  const answer = await fetch(path + (parameters.length ? '?' + query : ''),
    {...options, headers: token ? {Authorization: 'Bearer ' + token} : {}});
  const text = await answer.text();
  if (answer.status === 401) byId('secret').hidden = false;
  if (!answer.ok) throw new Error(JSON.parse(text).error);
  return text;
}

// Which model is asked, where there are several.
const chosen = () => byId('model').value ? [['model', byId('model').value]] : [];

// What the chosen model and its codes are called. The first time the models are asked for.
async function wordsOf() {
  if (!byId('model').options.length) {
    const names = Object.keys(JSON.parse(await request('models', [])).models);
    byId('model').append(...names.map(name => el('option', {value: name}, name)));
    byId('choice').hidden = names.length === 1;
  }
  const model = byId('model').value;
  if (!words.has(model)) words.set(model, JSON.parse(await request('words', chosen())));
  return words.get(model);
}

// A line of attributions.
async function ask(...changes) {
  const text = await request('explain', [...chosen(), ...changes], {method: 'POST', body: patient});
  const lines = text.trim().split('\n');
  if (lines.length !== 1) throw new Error(`this page asks about one patient, but there are ${lines.length}`);
  return JSON.parse(lines[0]);
}

// Runs what a person began, and says what went wrong with it.
function trying(action) {
  return async event => {
    event.preventDefault();
    byId('message').textContent = '';
    document.body.setAttribute('aria-busy', 'true');
    try {
      await action();
    } catch (error) {
      byId('message').textContent = error.message;
    }
    document.body.removeAttribute('aria-busy');
  };
}

// What moved the score, strongest first: a code with all its occurrences, and tabular values.
function driversOf(result) {
  const codes = new Map();
  for (const token of result.tokens.filter(each => each.known)) {
    const driver = codes.get(token.code) || {name: token.code, isCode: true, times: 0, signed: 0};
    driver.times++;
    driver.signed += token.signed;
    codes.set(token.code, driver);
  }
  const values = result.tabular.map(each => ({name: each.name, value: each.value, signed: each.signed}));
  return [...codes.values(), ...values].sort((a, b) => Math.abs(b.signed) - Math.abs(a.signed));
}

// What the table leaves out, and the sum of all: the way from the reference to the patient.
function sums(result, drivers) {
  const total = of => of.reduce((sum, each) => sum + each.signed, 0);
  const others = drivers.slice(SHOWN);
  const all = total(result.tokens) + total(result.tabular) + result.special_tokens.signed;
  return [...(others.length ? [[`${others.length} others`, total(others)]] : []),
    ['Structure of the record, unknown codes', all - total(drivers)],
    ['Sum', all],
    ['Difference to the reference', result.score - result.baseline_score]];
}

// A code in words, or a value with its unit.
function nameOf(driver, known) {
  if (driver.isCode) return known.codes[driver.name] + (driver.times > 1 ? ` (${driver.times} times)` : '');
  const feature = known.features[driver.name];
  const value = driver.value === null ? 'unknown'
    : feature.values[String(driver.value)] || `${Number(driver.value.toPrecision(4))}${feature.unit ? ' ' + feature.unit : ''}`;
  return `${feature.name} ${value}`;
}

function buttons(driver, known) {
  const without = driver.value === null ? []
    : [el('button', {type: 'button', 'data-without': driver.name,
      click: trying(() => change('without', driver.name))}, driver.isCode ? 'without it' : 'as unknown')];
  if (driver.isCode) return without;
  const input = el('input', {type: 'number', step: 'any', 'data-with': driver.name,
    'aria-label': 'another value of ' + known.features[driver.name].name});
  return [...without, el('form', {submit: trying(() => change('with', `${driver.name}=${input.value}`))},
    input, el('button', {type: 'submit'}, 'with this'))];
}

// Whether the contributions are amounts; null where there is no difference that they could miss.
function gapInWords(gap) {
  if (gap === null) return 'The score hardly differs from the reference\u2019s: there is next to nothing to explain.';
  return gap > 0.05
    ? `The contributions miss ${percent(gap)} of the difference to the reference: read them as a ranking, not as amounts.`
    : `The contributions add up: ${percent(1 - gap)} of the difference to the reference is accounted for.`;
}

async function explain() {
  patient = byId('patient').value;
  byId('answer').hidden = true;
  const known = await wordsOf();
  const result = await ask();
  const ofTwo = !result.prediction.labels && (result.prediction.classes || []).length <= 2;
  const named = result.explained_class_name || (ofTwo && result.explained_class === 1 && known.outcome)
    || `class ${result.explained_class}`;
  byId('who').textContent = result.subject_id;
  byId('risk').replaceChildren(el('strong', {}, percent(result.explained_probability)),
    ` predicted risk of ${named}; reference ${percent(result.baseline_probability)}`
    + ' (the mean of the validation patients, in a record of this length)');
  byId('calibrated').textContent = known.calibrated !== false ? ''
    : 'The model\u2019s percentages are not calibrated: who is at higher risk is surer than by how much.';
  byId('gap').textContent = gapInWords(result.completeness_gap_relative);
  const drivers = driversOf(result);
  byId('drivers').tBodies[0].replaceChildren(...drivers.slice(0, SHOWN).map(driver =>
    el('tr', {}, el('th', {scope: 'row'}, nameOf(driver, known)), el('td', {}, signed(driver.signed)),
      el('td', {}, ...buttons(driver, known)))));
  byId('drivers').tFoot.replaceChildren(...sums(result, drivers).map(([name, sum]) =>
    el('tr', {}, el('th', {scope: 'row'}, name), el('td', {}, signed(sum)), el('td', {}))));
  byId('changes').tBodies[0].replaceChildren();
  byId('changes').hidden = true;
  byId('answer').hidden = false;
}

// Asks about one change, and adds a row.
async function change(kind, what) {
  const known = await wordsOf();
  const result = await ask([kind, what]);
  const [answer] = result.what_if;
  const changed = kind === 'with' ? [answer.with] : answer.without;
  const names = changed.map(name => known.codes[name] || known.features[name].name).join(', ');
  if (answer.probability === undefined) {
    throw new Error(answer.occurrences === 0 ? `the record has no ${names}` : 'nothing would be left to read');
  }
  const removal = kind === 'without';
  const unit = !removal && known.features[answer.with] && known.features[answer.with].unit;
  byId('changes').hidden = false;
  byId('changes').tBodies[0].append(el('tr', {},
    el('th', {scope: 'row'}, removal ? `without ${names}` : `with ${names} ${answer.value}${unit ? ' ' + unit : ''}`),
    el('td', {}, `${percent(result.explained_probability)} \u2192 ${percent(answer.probability)}`),
    el('td', {}, removal ? signed(-answer.score_change) : '\u2013'),
    el('td', {}, signed(answer.attributed)),
    el('td', {}, removal ? signed(answer.difference) : '\u2013')));
}

trying(wordsOf)(new Event('load'));
byId('ask').addEventListener('submit', trying(explain));
byId('names').addEventListener('submit', trying(() => change('without', byId('without').value)));
