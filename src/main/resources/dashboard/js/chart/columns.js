// From the columns that a chart is given to those that uPlot draws: bands take two, stacked bars lie on each other.
export function toPlot(definition, [xs, ...columns]) {
  const plotted = [xs];
  let below = null;
  definition.series.forEach((series, i) => {
    if (series.band) {
      plotted.push(columns[i].map((band) => band?.[0] ?? null), columns[i].map((band) => band?.[1] ?? null));
    } else if (series.stacked) {
      below = columns[i].map((value, at) => (value ?? 0) + (below?.[at] ?? 0));
      plotted.push(below);
    } else {
      plotted.push(columns[i]);
    }
  });
  // The tallest stack is drawn first, the others over it.
  const { order } = drawingOrder(definition);
  return [plotted[0], ...order.map((index) => plotted[index + 1])];
}

// Which plotted column (band edges apart) is drawn when.
export function drawingOrder(definition) {
  const plotted = definition.series.flatMap((series) => (series.band ? [{ series, edge: 'low' }, { series, edge: 'high' }] : [{ series }]));
  const order = plotted.map((_, index) => index);
  const stacked = order.filter((index) => plotted[index].series.stacked);
  const others = order.filter((index) => !plotted[index].series.stacked);
  return { plotted, order: [...stacked.reverse(), ...others] };
}
