// Which page is shown, the search, the keys.

const LISTED = 300;

const state = {
  mode: 'signed',
  method: null,
  query: '',
  order: 'risk',
  chosen: null,
  open: {},
  all: false,

  // Changes what is shown, and keeps the focus on the control that did it.
  set(changes, focus) {
    Object.assign(state, changes);
    showPage(false);
    if (focus && byId(focus)) byId(focus).focus();
  },

  // Searches, and shows the result.
  find(query) {
    byId('search').value = query;
    search();
    location.hash = '#patients';
  },

  // Lists some patients, {title, numbers, note}, in their order, with a note on each.
  choose(chosen) {
    byId('search').value = '';
    state.chosen = chosen;
    search();
    location.hash = '#patients';
  },
};

// The address is #cohort, #patients, #patient-3 or #patient-3-visit-2, counted from 1.
function place() {
  const match = /^#patient-(\d+)(?:-visit-(\d+))?$/.exec(location.hash);
  if (match && index[match[1] - 1]) return {view: 'patient', patient: match[1] - 1, visit: match[2]};
  return {view: location.hash === '#patients' ? 'patients' : 'cohort'};
}

// What every printed page has below: in its margin, or where the browser has no text there, at the
// end of the page itself.
function printBelow(text) {
  const quoted = text.replace(/["\\\n\r\f\0<]/g, letter => `\\${letter.charCodeAt(0).toString(16)} `);
  document.documentElement.style.setProperty('--below', `"${quoted}"`);
  byId('print-id').textContent = text;
  byId('print-id').classList.toggle('in-margin', 'CSSMarginRule' in window);
}

function showPage(moved) {
  const here = place();
  const content = byId('content');
  if (here.view === 'patient' && !isLoaded(here.patient)) {
    content.setAttribute('aria-busy', 'true');
    load(here.patient).then(() => showPage(moved));
    return;
  }
  content.removeAttribute('aria-busy');
  document.body.dataset.view = here.view;
  printBelow(here.view === 'patient' ? 'Patient ' + index[here.patient].id : 'Cohort');
  document.title = (here.view === 'patient' ? index[here.patient].id + ' \u00b7 ' : '') + 'gsig report';
  content.replaceChildren(...(here.view === 'patient' ? patientPage(here.patient, state) : cohortPage(state))
    .filter(part => part !== null));
  for (const link of document.querySelectorAll('.bar nav a')) {
    const current = link.dataset.page === here.view || (link.dataset.page === 'patients' && here.view === 'patient');
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  markCurrent();
  performance.mark('shown');
  if (!moved) return;
  const visit = here.visit && byId('visit-' + here.visit);
  if (visit) {
    byId('fold-visits').open = true;
    visit.scrollIntoView({block: 'center'});
    visit.focus({preventScroll: true});
  } else {
    window.scrollTo(0, 0);
    (here.view === 'patients' ? byId('search') : content).focus({preventScroll: true});
  }
}

function markCurrent() {
  const here = place();
  for (const link of byId('list').querySelectorAll('a')) {
    if (here.view === 'patient' && Number(link.dataset.patient) === here.patient) {
      link.setAttribute('aria-current', 'true');
      reveal(link);
    } else {
      link.removeAttribute('aria-current');
    }
  }
}

// Scrolls the list as far as needed. After scrollIntoView the Tab key would go on from here, past
// the skip link.
function reveal(link) {
  const list = link.closest('.finder');
  const [inner, outer] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollTop += Math.min(0, inner.top - outer.top) + Math.max(0, inner.bottom - outer.bottom);
}

const ORDERS = {risk: riskAt, gap: number => index[number].gap};

// The patients that the search finds, in the order asked for, or in that of those chosen.
function found() {
  const match = matcher(state.query);
  const numbers = (state.chosen ? state.chosen.numbers : index.map((entry, number) => number))
    .filter(number => !match || match.patient(number) || match.codesOf(number).length);
  if (!state.chosen && state.order !== 'file') {
    const value = number => ORDERS[state.order](number) ?? -1;
    numbers.sort((a, b) => value(b) - value(a));
  }
  return {numbers, match};
}

function listEntry(number, match) {
  const entry = index[number];
  const hits = match ? match.codesOf(number) : [];
  return el('li', null, el('a', {href: '#patient-' + (number + 1), 'data-patient': number},
    el('span', {class: 'who'}, data(entry.id),
      isLargeGap(entry.gap) ? el('span', {class: 'flag', title: 'large completeness gap'}, `gap ${percent(entry.gap)}`) : null),
    figure(riskAt(number), percent(riskAt(number)), 'chance'),
    el('span', {class: 'meter', 'aria-hidden': 'true', '--share': riskAt(number)}, el('span')),
    cameTrue(number) ? el('span', {class: 'hits came-true'}, '\u25cf ' + (cohort.multi_label ? 'came true' : 'had the outcome')) : null,
    state.chosen ? el('span', {class: 'hits note-on'}, state.chosen.note(number)) : null,
    hits.length
      ? el('span', {class: 'hits'}, data(codes[hits[0]].text), hits.length > 1 ? ` and ${hits.length - 1} more` : null)
      : null));
}

function showList() {
  const {numbers, match} = found();
  const shown = state.all ? numbers : numbers.slice(0, LISTED);
  byId('list').replaceChildren(...shown.map(number => listEntry(number, match)));
  byId('order').disabled = Boolean(state.chosen);
  byId('chosen').hidden = !state.chosen;
  byId('chosen').replaceChildren(...(state.chosen ? ['With ', data(state.chosen.title), ' ',
    el('button', {type: 'button', class: 'link', click: () => unchoose()}, 'All patients')] : []));
  byId('more').hidden = shown.length === numbers.length;
  byId('more').textContent = `Show all ${numbers.length.toLocaleString('en')}`;
  const all = index.length < cohort.patients
    ? `; pages for the first ${index.length} of ${cohort.patients}` : '';
  byId('found').textContent = (match || state.chosen
    ? `${numbers.length.toLocaleString('en')} of ${count(index.length, 'patient')}`
    : count(index.length, 'patient')) + all;
  markCurrent();
}

function unchoose() {
  state.chosen = null;
  search();
  byId('search').focus();
}

function search() {
  state.query = byId('search').value;
  state.all = false;
  showList();
  if (place().view === 'patient') showPage(false);
}

// The patient before or behind one, in the order and among those found; null at either end.
function neighbourOf(number, step) {
  const {numbers} = found();
  const at = numbers.indexOf(number);
  return numbers[at < 0 ? 0 : at + step] ?? null;
}

function neighbour(step) {
  const here = place();
  const to = here.view === 'patient' ? neighbourOf(here.patient, step) : found().numbers[0] ?? null;
  if (to !== null) location.hash = '#patient-' + (to + 1);
}

function setMode(mode) {
  document.querySelector(`#mode input[value=${mode}]`).checked = true;
  state.set({mode});
}

const KEYS = {
  '/': () => byId('search').focus(),
  n: () => neighbour(1),
  p: () => neighbour(-1),
  c: () => { location.hash = '#cohort'; },
  s: () => setMode(state.mode === 'l2' ? 'signed' : 'l2'),
};

// From the search into the list and along it; Enter in the search opens the first patient found.
function movesInList(event) {
  const links = [...byId('list').querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  const inSearch = document.activeElement === byId('search');
  if (!inSearch && at < 0) return false;
  const to = {ArrowDown: at + 1, ArrowUp: at - 1}[event.key];
  if (to !== undefined && (inSearch ? event.key === 'ArrowDown' : true)) {
    event.preventDefault();
    (links[to] || byId('search')).focus();
    return true;
  }
  if (inSearch && event.key === 'Enter' && links.length) {
    event.preventDefault();
    location.hash = links[0].getAttribute('href');
    return true;
  }
  return false;
}

function origin() {
  const inputs = run.inputs || {};
  return [
    run.engine,
    run.model && 'model ' + run.model,
    run.cohort && 'cohort ' + run.cohort,
    // earlier versions of gsig knew one method a run
    (inputs.methods || inputs.method) && `method ${[inputs.methods || inputs.method].flat().map(titleOf).join(', ')}, `
      + (inputs.tolerance ? `tolerance ${inputs.tolerance}, ` : '')
      + `${inputs.steps} steps, ${inputs.quadrature} sum, baseline ${inputs.sequence_baseline}`,
    run.finished && 'explained ' + run.finished.slice(0, 10),
    inputs.weights_sha256 && 'weights ' + inputs.weights_sha256.slice(0, 12),
  ].filter(part => part).join(' \u00b7 ');
}

function listen() {
  document.addEventListener('keydown', event => {
    const typing = event.target.closest('input[type=search], select, textarea');
    if (typing && event.key === 'Escape') {
      if (event.target === byId('search') && (event.target.value || state.chosen)) {
        event.target.value = '';
        state.chosen = null;
        search();
      } else {
        event.target.blur();
      }
    }
    if (movesInList(event)) return;
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  byId('mode').addEventListener('change', event => state.set({mode: event.target.value}));
  byId('search').addEventListener('input', search);
  // Some browsers empty the box, by its cross or Escape, and tell it by this alone.
  byId('search').addEventListener('search', search);
  byId('order').addEventListener('change', event => {
    state.order = event.target.value;
    showList();
    if (place().view === 'patient') showPage(false);
  });
  byId('more').addEventListener('click', () => {
    state.all = true;
    showList();
  });
  document.querySelector('.skip').addEventListener('click', event => {
    // The address says which page is shown; the content is no page.
    event.preventDefault();
    byId('content').focus();
  });
  window.addEventListener('hashchange', () => showPage(true));
}

async function start() {
  await loadCohort();
  byId('origin').textContent = origin();
  listen();
  showList();
  showPage(false);
}

if (window.DecompressionStream) {
  start();
} else {
  byId('content').removeAttribute('aria-busy');
  byId('content').replaceChildren(el('p', {class: 'warning', role: 'note'},
    'This browser cannot unpack the report. Please open it in a newer one: Chrome or Edge 80, Firefox 113, Safari 16.4, or later.'));
}
