// Elements. Text from data only ever becomes a text node, never markup.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'g', 'line', 'rect', 'circle', 'text', 'polyline', 'path', 'pattern', 'title']);

// A new element: el('p', {class: 'note', '--share': 0.5}, 'text', child, ...). Attributes that are
// null are left out, those that start with -- become custom properties, functions listen.
function el(tag, attributes, ...children) {
  const svg = SVG_TAGS.has(tag);
  const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (name.startsWith('--')) element.style.setProperty(name, String(value));
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
  return element;
}

// Text that came from the cohort: kept apart from its neighbours, whatever its writing direction.
function data(text, className) {
  return el('bdi', {class: className}, text);
}

// A number as people read it, with the exact value of the results for machines.
function figure(value, shown, className) {
  return el('data', {value: value === null ? '' : value, class: className}, shown);
}

function byId(id) {
  return document.getElementById(id);
}

// A table with a caption; rows are lists of cells, a cell is text, an element, or [element, class].
function table(caption, heads, rows, className) {
  const cell = (tag, content, attributes) =>
    Array.isArray(content)
      ? el(tag, {...attributes, class: content[1]}, content[0])
      : el(tag, attributes, content);
  return el('table', {class: className},
    el('caption', null, caption),
    // What heads the bars says nothing, so it is no header.
    el('thead', null, el('tr', null, heads.map(head =>
      Array.isArray(head) && head[0] === '' ? cell('td', head, {}) : cell('th', head, {scope: 'col'})))),
    el('tbody', null, rows.map(row => el('tr', null, row.map((content, i) =>
      i === 0 ? cell('th', content, {scope: 'row'}) : cell('td', content, {}))))));
}

// A part of a page with its heading.
function section(heading, className, ...content) {
  const id = 'h-' + className.split(' ')[0];
  return el('section', {class: 'card ' + className, 'aria-labelledby': id},
    el('h2', {id}, heading), content);
}
