// Drawings. Each is one picture with a text alternative; a table beside it holds the figures.

// The look of a score: its colour and, from 0 to 1, its strength or length.
function look(value, largest, kind) {
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  return {class: kind === 'l2' ? 'weight' : value < 0 ? 'lowers' : 'raises', '--share': share};
}

// A number's bar: signed ones on either side of a middle line, those of kind 'missing' hatched.
function bar(value, largest, kind) {
  const attributes = look(value, largest, kind);
  return el('span', {...attributes, 'aria-hidden': 'true',
    class: 'track ' + attributes.class + (kind === 'missing' ? ' unknown' : '')}, el('span'));
}

// Upright bars: bins are [{label, count, mark}].
function histogram(title, bins) {
  const width = 420, height = 190, left = 8, bottom = 34, top = 20;
  const most = Math.max(1, ...bins.map(bin => bin.count));
  const step = (width - 2 * left) / Math.max(1, bins.length);
  // Labels stand where they have room: every second or third of many.
  const every = Math.ceil(bins.length * 34 / (width - 2 * left));
  const base = height - bottom;
  return el('svg', {class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label':
      title + ': ' + bins.filter(bin => bin.count > 0).map(bin => bin.label + ' ' + bin.count).join(', ')},
    bins.some(bin => bin.mark)
      ? el('pattern', {id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)'},
        el('line', {class: 'hatching', y2: 6}))
      : null,
    bins.map((bin, i) => {
      const size = (base - top) * bin.count / most;
      const x = left + i * step;
      return el('g', {class: bin.mark ? 'bin mark' : 'bin'},
        el('title', null, bin.label + ': ' + bin.count),
        el('rect', {x: x + step * 0.1, y: base - size, width: step * 0.8, height: size, rx: 1.5}),
        bin.count > 0 && step >= 14
          ? el('text', {x: x + step / 2, y: base - size - 5, 'text-anchor': 'middle', class: 'count'}, bin.count)
          : null,
        i % every === 0
          ? el('text', {x: x + step / 2, y: base + 16, 'text-anchor': 'middle', class: 'tick'}, bin.short || bin.label)
          : null);
    }),
    el('line', {class: 'axis', x1: left, x2: width - left, y1: base, y2: base}));
}

// Round values from 0 to at least the largest, three or four of them.
function ticks(largest) {
  if (!(largest > 0)) return [0, 1];
  const rough = largest / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(m => m * power).find(s => s >= rough * 0.999);
  const values = [0];
  while (values[values.length - 1] < largest * 0.999) values.push(values.length * step);
  return values;
}

// l21 and the gap over theta, one above the other on one axis, the chosen theta marked in both.
// points: [{theta, l21, gap, exact}] in ascending order of theta.
function thetaChart(points, chosen, gapName, showGap) {
  const width = 380, left = 52, right = 14, panel = 104, between = 34, top = 22;
  const height = top + 2 * panel + between + 40;
  const low = Math.log(points[0].theta), high = Math.log(points[points.length - 1].theta);
  const x = theta => left + (width - left - right) *
    (high > low ? (Math.log(theta) - low) / (high - low) : 0.5);

  function draw(name, value, offset, show) {
    const marks = ticks(Math.max(...points.map(value)));
    const y = v => offset + panel * (1 - v / marks[marks.length - 1]);
    return el('g', null,
      el('text', {x: left, y: offset - 8, class: 'name'}, name),
      marks.map(v => [
        el('line', {class: 'grid', x1: left, x2: width - right, y1: y(v), y2: y(v)}),
        el('text', {x: left - 7, y: y(v) + 4, 'text-anchor': 'end', class: 'tick'}, show(v, marks)),
      ]),
      el('polyline', {class: 'curve', points: points.map(p => x(p.theta) + ',' + y(value(p))).join(' ')}),
      points.map(p => el('circle', {
        class: (p.exact ? 'exact' : 'estimated') + (p.theta === chosen ? ' chosen' : ''),
        cx: x(p.theta), cy: y(value(p)), r: p.theta === chosen ? 6 : 3.5},
        el('title', null, 'theta ' + short(p.theta) + ': ' + short(value(p))))));
  }

  const second = top + panel + between;
  const end = second + panel;
  const at = x(chosen);
  const labels = points.map(p => p.theta)
    .filter(theta => [points[0].theta, 1, points[points.length - 1].theta].includes(theta));
  return el('svg', {class: 'chart theta', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label':
      `l21 and ${gapName} for ${points.length} values of theta; chosen: ${short(chosen)}`},
    el('path', {class: 'choice', d: `M${at} ${top}v${panel}M${at} ${second}v${panel}`}),
    draw('l21', p => p.l21, top, (v, all) => plain(v, digitsFor([all[1]]) - 1)),
    draw(gapName, p => p.gap, second, showGap),
    labels.map(theta => el('text', {
      x: x(theta), y: end + 18, class: 'tick', 'text-anchor': 'middle'}, short(theta))),
    el('text', {x: (left + width - right) / 2, y: end + 36, class: 'tick', 'text-anchor': 'middle'},
      'theta (logarithmic)'));
}
