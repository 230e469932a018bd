// What uPlot is told: axes, colours, bars, bands, marks.
import uPlot from '../../uplot/uPlot.esm.js';
import { drawingOrder } from './columns.js';

export function chartOptions(definition, { width, height, colour, onCursor }) {
  const { plotted, order } = drawingOrder(definition);
  const drawn = order.map((index) => plotted[index]);
  const low = drawn.findIndex(({ edge }) => edge === 'low');
  const scaleOfY = definition.y.log ? { distr: 3, range: logRange } : { range: linearRange(definition.y) };
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 10, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: definition.x.time ?? true, range: definition.x.range }, y: scaleOfY },
    axes: [axisOfX(definition, colour), axisOfY(definition, colour)],
    series: [{}, ...drawn.map((one) => seriesOptions(one, colour))],
    bands: low < 0 ? [] : [{ series: [low + 2, low + 1], fill: colour('--band') }],
    hooks: { setCursor: [onCursor], drawClear: [(plot) => drawMarks(plot, definition.marks?.() ?? [], colour('--series-quiet'))] },
  };
}

function seriesOptions({ series, edge }, colour) {
  if (edge) return { stroke: 'transparent', width: 0, points: { show: false } };
  const stroke = colour(series.colour);
  if (series.bars) {
    return { stroke, fill: stroke, width: 0, paths: uPlot.paths.bars({ size: [0.7, 28], radius: 0.12 }), points: { show: false } };
  }
  return {
    stroke,
    width: series.quiet ? 1.25 : 2,
    dash: series.dash ? [6, 5] : undefined,
    paths: series.steps ? uPlot.paths.stepped({ align: 1 }) : undefined,
    points: { show: series.points ?? onlyLonePoints, size: 5, fill: stroke },
    spanGaps: false,
  };
}

// A value with none beside it would be a line without length.
function onlyLonePoints(plot, index) {
  const values = plot.data[index];
  let lone = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) lone++;
  }
  return lone > 0 && lone < 40;
}

const axis = (colour) => ({
  stroke: colour('--muted'),
  font: `12px ${getComputedStyle(document.body).fontFamily}`,
  ticks: { show: false },
});

function axisOfX({ x }, colour) {
  return { ...axis(colour), grid: { show: false }, space: 70, size: 30, values: (_, splits) => splits.map(x.tick) };
}

function axisOfY({ y }, colour) {
  return {
    ...axis(colour),
    grid: { stroke: colour('--grid'), width: 1, ...(y.log && { filter: powersOfTen }) },
    space: 38,
    gap: 6,
    size: (_, values) => 20 + 7 * Math.max(3, ...(values ?? []).map((value) => value?.length ?? 0)),
    ...(y.log && { filter: powersOfTen }),
    values: (_, splits) => splits.map((value) => (value === null ? null : (y.tick ?? y.format)(value))),
  };
}

const isPowerOfTen = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;

const powersOfTen = (_, splits) => splits.map((value) => (isPowerOfTen(value) ? value : null));

const linearRange = ({ min, max }) => (_, low, high) => {
  if (min !== undefined && max !== undefined) return [min, max];
  return [min ?? 0, high > 0 ? high * 1.12 : 1];
};

const logRange = (_, low, high) => (low > 0 && high > 0 ? [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high * 1.01))] : [1, 1000]);

function drawMarks(plot, xs, stroke) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const x of xs) {
    const left = plot.valToPos(x, 'x', true);
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
