// What concerns the methods: theta, l21 and the completeness gap over the cohort.

// Labels of a distribution's bins; shares are percentages without digits.
function shareBins(bins, isMarked) {
  const show = share => plain(Math.round(share * 1000) / 10, share * 100 % 1 > 0.01 && share * 100 % 1 < 0.99 ? 1 : 0);
  return bins.map(([from, to, number]) => ({
    label: to === null ? 'over ' + show(from) + '%' : show(from) + '\u2013' + show(to) + '%',
    short: to === null ? '>' + show(from) : show(from) + '\u2013' + show(to),
    count: number,
    mark: isMarked(from),
  }));
}

function distribution(heading, className, bins, about, unit) {
  return section(heading, className,
    el('p', {class: 'about'}, about),
    bins.length ? histogram(heading, bins) : el('p', null, 'Not defined for any patient.'),
    el('details', null, el('summary', null, 'As a table'),
      table(heading, [unit, ['Patients', 'number']], bins.map(bin => [bin.label, [figure(bin.count, bin.count), 'number']]))));
}

function undefinedNote(part) {
  return part.undefined ? ` ${count(part.undefined, 'patient')} without a value left out.` : '';
}

function distributions() {
  const thetas = cohort.theta.bins.map(([from, to, number]) => ({
    label: from === to ? short(from) : short(from) + '\u2013' + short(to),
    short: plain(from, from < 1 ? 2 : 1),
    count: number,
  }));
  const reductions = shareBins(cohort.l21_reduction.bins, () => false);
  return el('div', {class: 'three'},
    distribution('Chosen theta', 'd-theta', thetas,
      'The exponent of the path that gave each patient the smallest l21.' + undefinedNote(cohort.theta), 'theta'),
    distribution('l21 reduction', 'd-reduction', reductions.map(bin => ({...bin, short: bin.short.split('\u2013')[0]})),
      `Against theta = 1, in percent. Median ${percent(cohort.l21_reduction.median)}.` + undefinedNote(cohort.l21_reduction), 'Reduction'),
    distribution('Completeness gap', 'd-gap', shareBins(cohort.gap.bins, from => from >= cohort.large_gap),
      `What the contributions miss of the score difference, in percent. Median ${percent(cohort.gap.median)}; `
      + `hatched: above ${percent(cohort.large_gap)}.` + undefinedNote(cohort.gap), 'Gap'));
}

function methodFigures() {
  return el('dl', {class: 'keys-row method'},
    keyFigure(cohort.l21_reduction.median, percent(cohort.l21_reduction.median), 'median l21 reduction against theta = 1'),
    keyFigure(cohort.gap.median, percent(cohort.gap.median), 'median completeness gap'),
    cohort.gradients === null ? null : keyFigure(cohort.gradients, short(cohort.gradients), 'gradients a patient, median'));
}
